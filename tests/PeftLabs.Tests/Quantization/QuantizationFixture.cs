using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text.Json;

namespace PeftLabs.Tests.Quantization;

/// <summary>The tensors of fixtures/quantization/expected.safetensors, and those of the models.</summary>
internal sealed class QuantizationFixture
{
    private readonly byte[] _file;
    private readonly JsonElement _header;
    private readonly int _data;

    private QuantizationFixture(string path)
    {
        _file = File.ReadAllBytes(path);
        _data = 8 + (int)BinaryPrimitives.ReadInt64LittleEndian(_file);
        _header = JsonDocument.Parse(_file.AsMemory(8.._data)).RootElement;
    }

    public static QuantizationFixture Expected() => new(Shared.Fixture("quantization", "expected.safetensors"));

    public static QuantizationFixture Model(string file) => new(file);

    public IEnumerable<string> Names => _header.EnumerateObject().Select(entry => entry.Name);

    public T[] Tensor<T>(string name)
        where T : unmanaged
    {
        var offsets = _header.GetProperty(name).GetProperty("data_offsets");
        return MemoryMarshal.Cast<byte, T>(_file.AsSpan((_data + offsets[0].GetInt32())..(_data + offsets[1].GetInt32()))).ToArray();
    }
}
