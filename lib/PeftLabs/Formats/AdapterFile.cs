using TorchSharp;
using static TorchSharp.torch;

namespace PeftLabs.Formats;

/// <summary>
/// A LoRA adapter's folder, as Hugging Face PEFT 0.20 writes and reads it: adapter_config.json, and adapter_model.safetensors with
/// names such as <c>base_model.model.model.layers.0.self_attn.q_proj.lora_A.weight</c>.
/// </summary>
public sealed class AdapterFile : IDisposable
{
    private const string ConfigName = "adapter_config.json";
    private const string TensorsName = "adapter_model.safetensors";

    private readonly SafeTensorsFile _file;
    private readonly Dictionary<AdapterTensorName, SafeTensorInfo> _tensors = [];

    private AdapterFile(string folder, LoraAdapterConfig config, SafeTensorsFile file)
    {
        (Folder, Config, _file) = (folder, config, file);
        foreach (var tensor in file.Tensors)
            if (AdapterTensorName.Parse(tensor.Name) is not { } name)
                throw Fault(tensor.Name, "it is no part of a LoRA adapter that the kit knows: A, B, or a module's own weight or bias.");
            else if (!_tensors.TryAdd(name, tensor))
                throw Fault(tensor.Name, $"the file holds {name.Part} of {name.Module} twice.");
        foreach (var name in _tensors.Keys.Where(name => name.IsLora))
            CheckPair(name);
    }

    /// <summary>The adapter's folder.</summary>
    public string Folder { get; }

    /// <summary>What adapter_config.json says.</summary>
    public LoraAdapterConfig Config { get; }

    /// <summary>The tensors, by what they are. Every A has its B, of the same rank.</summary>
    public IReadOnlyDictionary<AdapterTensorName, SafeTensorInfo> Tensors => _tensors;

    /// <summary>The paths of the modules that carry LoRA, in the order of their names.</summary>
    public IReadOnlyList<string> Modules =>
        [.. _tensors.Keys.Where(name => name.IsLora).Select(name => name.Module).Distinct().Order(StringComparer.Ordinal)];

    /// <summary>Reads the configuration and the names of the tensors of an adapter's folder.</summary>
    /// <exception cref="AdapterFormatException">A file is missing or a pickle, a field or a tensor is wrong or not supported.</exception>
    /// <exception cref="SafeTensorsException">The tensors' file breaks its format.</exception>
    /// <exception cref="IOException">A file cannot be read.</exception>
    public static AdapterFile Open(string folder)
    {
        var config = LoraAdapterConfig.Read(AdapterFolder.Existing(folder, ConfigName));
        var file = SafeTensorsFile.Open(AdapterFolder.Existing(folder, TensorsName));
        try
        {
            return new(folder, config, file);
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <summary>
    /// Writes an adapter's folder. A new folder appears whole. In one that exists both files are written in full before the first takes
    /// its name; other files stay. The tensors stay the caller's.
    /// </summary>
    /// <exception cref="AdapterFormatException">The configuration asks for what the kit cannot do.</exception>
    /// <exception cref="ArgumentException">A tensor's type has no counterpart in safetensors.</exception>
    /// <exception cref="SafeTensorsException">A tensor is given twice.</exception>
    /// <exception cref="IOException">A file cannot be written.</exception>
    public static void Save(string folder, LoraAdapterConfig config, IEnumerable<(AdapterTensorName Name, Tensor Tensor)> tensors)
    {
        var list = tensors.ToList();
        var withLora = list.Where(item => item.Name.IsLora).Select(item => item.Name.Module).ToHashSet();
        var named = list.Select(item => (Name: item.Name.ToFile(withLora.Contains(item.Name.Module)), item.Tensor)).ToList();
        var json = config.ToJson();
        AdapterFolder.Write(folder, target =>
        {
            using var writer = new SafeTensorsWriter(Path.Combine(target, TensorsName),
                named.Select(item => new SafeTensorSpec(item.Name, item.Tensor.dtype.ToSafeTensorType(), item.Tensor.shape)),
                new Dictionary<string, string> { ["format"] = "pt" });
            foreach (var (name, tensor) in named)
                writer.Write(name, tensor);
            using var text = new AtomicFile(Path.Combine(target, ConfigName), System.Text.Encoding.UTF8.GetBytes(json));
            writer.Commit();
            text.Commit();
        });
    }

    /// <summary>As <see cref="SafeTensorsFile.ReadInto"/>.</summary>
    /// <exception cref="AdapterFormatException">There is no such tensor.</exception>
    /// <exception cref="SafeTensorsException">Another shape, or a type that TorchSharp lacks.</exception>
    public void ReadInto(AdapterTensorName name, Tensor destination) => _file.ReadInto(Find(name).Name, destination);

    /// <summary>As <see cref="SafeTensorsFile.Read"/>.</summary>
    /// <exception cref="AdapterFormatException">There is no such tensor.</exception>
    /// <exception cref="SafeTensorsException">Its type is one that TorchSharp lacks.</exception>
    public Tensor Read(AdapterTensorName name, ScalarType? dtype = null, Device? device = null) =>
        _file.Read(Find(name).Name, dtype, device);

    /// <summary>Closes the tensors' file.</summary>
    public void Dispose() => _file.Dispose();

    private void CheckPair(AdapterTensorName name)
    {
        var other = name with { Part = (AdapterPart)((int)name.Part ^ 1) }; // A and B of a kind stand side by side
        if (!_tensors.TryGetValue(other, out var pair))
            throw Fault(_tensors[name].Name, $"{other.Part} of {name.Module} is missing; A and B come in pairs.");
        var (a, b) = name.Part < other.Part ? (_tensors[name], pair) : (pair, _tensors[name]);
        if (a.Shape is not [var rank, _] || b.Shape is not [_, var columns] || rank != columns)
            throw Fault(a.Name, $"its shape is {a.Shape.Show()} and that of its B {b.Shape.Show()}; "
                + "they must be [rank, in] and [out, rank].");
    }

    private SafeTensorInfo Find(AdapterTensorName name) => _tensors.TryGetValue(name, out var tensor) ? tensor
        : throw Fault(name.ToFile(name.IsLora), $"there is no {name.Part} of {name.Module}.");

    private AdapterFormatException Fault(string tensor, string message) => new(message, _file.Path, tensor);
}
