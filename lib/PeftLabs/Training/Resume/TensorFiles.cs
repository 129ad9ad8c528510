using PeftLabs.Formats;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace PeftLabs.Training;

/// <summary>The tensors of one or several files of a checkpoint.</summary>
internal sealed class TensorFiles : IDisposable
{
    private readonly string _folder;
    private readonly List<SafeTensorsFile> _files = [];
    private readonly HashSet<string> _unread;

    public TensorFiles(string folder, params IEnumerable<string>[] names)
    {
        _folder = folder;
        foreach (var name in names.SelectMany(n => n))
            _files.Add(SafeTensorsFile.Open(Path.Combine(folder, name)));
        _unread = [.. _files.SelectMany(f => f.Tensors).Select(t => t.Name)];
    }

    /// <summary>Refuses files that hold other tensors than these, or of other shapes.</summary>
    public void RequireSame(IReadOnlyList<(string Name, Parameter Parameter)> parameters)
    {
        var stored = _files.SelectMany(f => f.Tensors).ToDictionary(t => t.Name, t => t.Shape);
        foreach (var (name, parameter) in parameters)
        {
            var found = stored.Remove(name, out var shape) ? shape.Show() : "missing";
            if (found != parameter.shape.Show())
                throw new TrainingCheckpointException(_folder, $"it belongs to another run: '{name}' is {found}; the trainer's is {parameter.shape.Show()}.");
        }
        if (stored.Count > 0)
            throw new TrainingCheckpointException(_folder, $"it belongs to another run: the trainer does not train '{stored.Keys.Order().First()}'.");
    }

    public void ReadInto(string name, Tensor destination) => FileOf(name)!.ReadInto(name, destination);

    /// <summary>A tensor by name, in its own type on the CPU, or null where there is none.</summary>
    public Tensor? Find(string name)
    {
        _unread.Remove(name);
        return FileOf(name)?.Read(name);
    }

    /// <summary>Uses a tensor and frees it.</summary>
    public void Use(string name, Action<Tensor> use)
    {
        using var tensor = Find(name) ?? throw new TrainingCheckpointException(_folder, $"it has no tensor '{name}'.");
        use(tensor);
    }

    /// <summary>Refuses files of which some tensor was never asked for.</summary>
    public void RequireAllRead()
    {
        if (_unread.Count > 0)
            throw new TrainingCheckpointException(_folder, $"the optimizer has no place for '{_unread.Order().First()}'.");
    }

    public void Dispose() => _files.ForEach(f => f.Dispose());

    private SafeTensorsFile? FileOf(string name) => _files.FirstOrDefault(f => f.TryGet(name, out _));
}
