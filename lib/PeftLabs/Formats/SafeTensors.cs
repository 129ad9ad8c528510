using static TorchSharp.torch;

namespace PeftLabs.Formats;

/// <summary>Whole safetensors files in one call.</summary>
public static class SafeTensors
{
    /// <summary>Writes named tensors, each in its own type, atomically; the tensors stay the caller's.</summary>
    /// <exception cref="SafeTensorsException">A name stands twice or is reserved.</exception>
    /// <exception cref="ArgumentException">A tensor's type has no counterpart in safetensors.</exception>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public static void Save(
        string path, IEnumerable<(string Name, Tensor Tensor)> tensors, IReadOnlyDictionary<string, string>? metadata = null)
    {
        var list = tensors.ToList();
        var specs = list.Select(item => new SafeTensorSpec(item.Name, item.Tensor.dtype.ToSafeTensorType(), item.Tensor.shape));
        using var writer = new SafeTensorsWriter(path, specs, metadata);
        foreach (var (name, tensor) in list)
            writer.Write(name, tensor);
        writer.Commit();
    }
}
