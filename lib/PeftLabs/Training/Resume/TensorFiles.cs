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

    public TensorFiles(string folder, params string[] names)
    {
        _folder = folder;
        foreach (var name in names)
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
                throw AnotherRun($"'{name}' is {found}; the trainer's is {parameter.shape.Show()}.");
        }
        if (stored.Count > 0)
            throw AnotherRun($"the trainer does not train '{stored.Keys.Order().First()}'.");
    }

    public void ReadInto(string name, Tensor destination) => FileOf(name)!.ReadInto(name, destination);

    /// <summary>
    /// Lets something be filled that asks for every tensor by name; each, in its own type on the CPU, lives until the next is asked for.
    /// </summary>
    /// <exception cref="TrainingCheckpointException">A tensor is missing, does not fit, or was not asked for.</exception>
    public void Fill(Action<Func<string, Tensor?>> restore)
    {
        Tensor? last = null;
        try
        {
            restore(Next);
        }
        catch (InvalidDataException e)
        {
            throw AnotherRun(e.Message, e);
        }
        finally
        {
            last?.Dispose();
        }
        if (_unread.Count > 0)
            throw AnotherRun($"there is no place for '{_unread.Order().First()}'.");

        Tensor? Next(string name)
        {
            last?.Dispose();
            _unread.Remove(name);
            return last = FileOf(name)?.Read(name).DetachFromDisposeScope();
        }
    }

    public void Dispose() => _files.ForEach(f => f.Dispose());

    private TrainingCheckpointException AnotherRun(string difference, Exception? inner = null) =>
        new(_folder, $"it belongs to another run: {difference}", inner);

    private SafeTensorsFile? FileOf(string name) => _files.FirstOrDefault(f => f.TryGet(name, out _));
}
