using System.Buffers.Binary;
using System.Text.Json;
using System.Text.Unicode;

namespace PeftLabs.Formats;

/// <summary>Reads and checks the header of a safetensors file: 8 bytes of length, JSON, and the ranges that it gives to tensors.</summary>
internal sealed class SafeTensorsHeader
{
    public const string MetadataKey = "__metadata__";
    public const int LengthBytes = 8;
    private const long MostBytes = 100_000_000; // the reference implementation's limit

    private readonly string _path;
    private readonly long _fileLength;
    private readonly List<SafeTensorInfo> _tensors = [];
    private readonly HashSet<string> _names = [];

    private SafeTensorsHeader(string path, long fileLength) => (_path, _fileLength) = (path, fileLength);

    public IReadOnlyList<SafeTensorInfo> Tensors => _tensors;
    public Dictionary<string, string> Metadata { get; } = [];
    public long Bytes { get; private set; }

    public static SafeTensorsHeader Read(MappedFile file, string path)
    {
        var header = new SafeTensorsHeader(path, file.Length);
        var json = header.Json(file);
        try
        {
            header.ReadObject(json);
        }
        // The reader throws InvalidOperationException for an escape that is no Unicode, such as half a surrogate pair.
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            throw new SafeTensorsException($"the header is not valid JSON: {e.Message}", path, null, LengthBytes, e);
        }
        header.CheckCoverage();
        return header;
    }

    // Copied from the file: the fault of a map would wait for all that the system reads ahead.
    private byte[] Json(MappedFile file)
    {
        if (_fileLength < LengthBytes + 2)
            throw Fault($"the file has {_fileLength} bytes; a safetensors file has at least 8 of header length and 2 of header.", 0);
        var begin = new byte[LengthBytes];
        file.Read(0, begin);
        var length = BinaryPrimitives.ReadUInt64LittleEndian(begin);
        if (length is < 2 or > MostBytes)
            throw Fault($"the header length is {length}; it must be 2 to {MostBytes}. Is this a safetensors file?", 0);
        if ((long)length > _fileLength - LengthBytes)
            throw Fault($"the header length is {length}, but only {_fileLength - LengthBytes} bytes follow. Is the file complete?", 0);
        Bytes = LengthBytes + (long)length;
        var json = new byte[length];
        file.Read(LengthBytes, json);
        if (json[0] != '{')
            throw Fault($"the header starts with byte 0x{json[0]:x2}; it must start with '{{'.", LengthBytes);
        if (!Utf8.IsValid(json))
            throw Fault("the header is not valid UTF-8.", LengthBytes);
        return json;
    }

    private void ReadObject(ReadOnlySpan<byte> json)
    {
        var reader = new Utf8JsonReader(json);
        reader.Read();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var name = reader.GetString()!;
            if (!_names.Add(name))
                throw Fault("the name stands twice in the header; names must be unique.", At(reader), name);
            reader.Read();
            if (name == MetadataKey)
                ReadMetadata(ref reader);
            else
                _tensors.Add(ReadTensor(ref reader, name));
        }
        reader.Read(); // nothing but white space may follow: the reader throws where something does
    }

    private void ReadMetadata(ref Utf8JsonReader reader)
    {
        Expect(reader, JsonTokenType.StartObject, MetadataKey, "an object of strings");
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var key = reader.GetString()!;
            reader.Read();
            Expect(reader, JsonTokenType.String, MetadataKey, $"a string for '{key}'");
            if (!Metadata.TryAdd(key, reader.GetString()!))
                throw Fault($"the key '{key}' stands twice in {MetadataKey}; keys must be unique.", At(reader));
        }
    }

    private SafeTensorInfo ReadTensor(ref Utf8JsonReader reader, string name)
    {
        Expect(reader, JsonTokenType.StartObject, name, "an object with dtype, shape and data_offsets");
        var at = At(reader);
        var fields = new HashSet<string>();
        string? dtype = null;
        long[]? shape = null, offsets = null;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var field = reader.GetString()!;
            reader.Read();
            if (!fields.Add(field))
                throw Fault($"the field {field} stands twice; it must stand once.", At(reader), name);
            switch (field)
            {
                case "dtype":
                    Expect(reader, JsonTokenType.String, name, "a string for dtype");
                    dtype = reader.GetString();
                    break;
                case "shape": shape = ReadNumbers(ref reader, name, field); break;
                case "data_offsets": offsets = ReadNumbers(ref reader, name, field); break;
                default: reader.Skip(); break; // as the reference implementation does
            }
        }
        return Checked(name, dtype, shape, offsets, at);
    }

    private long[] ReadNumbers(ref Utf8JsonReader reader, string name, string field)
    {
        Expect(reader, JsonTokenType.StartArray, name, $"an array of whole numbers for {field}");
        var numbers = new List<long>();
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            Expect(reader, JsonTokenType.Number, name, $"a whole number in {field}");
            if (!reader.TryGetInt64(out var number) || number < 0)
                throw Fault($"{field} holds {System.Text.Encoding.UTF8.GetString(reader.ValueSpan)}; "
                    + "it must hold whole numbers from 0 to 2^63 - 1.", At(reader), name);
            numbers.Add(number);
        }
        return [.. numbers];
    }

    private SafeTensorInfo Checked(string name, string? dtype, long[]? shape, long[]? offsets, long at)
    {
        if (dtype is null || shape is null || offsets is null)
            throw Fault($"the field {(dtype is null ? "dtype" : shape is null ? "shape" : "data_offsets")} is missing.", at, name);
        if (!SafeTensorTypes.TryParse(dtype, out var type))
            throw Fault($"the dtype is '{dtype}'; it must be one of {SafeTensorTypes.Codes}.", at, name);
        if (offsets is not [var begin, var end])
            throw Fault($"data_offsets holds {offsets.Length} numbers; it must hold two, begin and end.", at, name);
        if (begin > end || end > _fileLength - Bytes)
            throw Fault($"data_offsets are [{begin}, {end}]; begin must not exceed end, and end not the {_fileLength - Bytes} bytes "
                + "of data that the file has. Is the file complete?", at, name);
        long bytes;
        try
        {
            bytes = new SafeTensorSpec(name, type, shape).Bytes;
        }
        catch (OverflowException e)
        {
            throw new SafeTensorsException($"{dtype} of shape {shape.Show()} has more than 2^63 - 1 bytes.", _path, name, at, e);
        }
        if (bytes != end - begin)
            throw Fault($"{dtype} of shape {shape.Show()} has {bytes} bytes, but data_offsets give it {end - begin}.", at, name);
        return new(name, type, shape, Bytes + begin, bytes);
    }

    /// <summary>In the order of their offsets the tensors must follow each other without overlap or hole, to the end of the file.</summary>
    private void CheckCoverage()
    {
        _tensors.Sort((a, b) => (a.Offset, a.Bytes).CompareTo((b.Offset, b.Bytes)));
        var next = Bytes;
        foreach (var tensor in _tensors)
        {
            if (tensor.Offset != next)
                throw Fault($"the tensor starts {(tensor.Offset < next ? "inside the one before it" : "after a hole")}; "
                    + $"it must start at byte {next}, where the one before it ends.", tensor.Offset, tensor.Name);
            next += tensor.Bytes;
        }
        if (next != _fileLength)
            throw Fault($"the last tensor ends at byte {next}, but the file has {_fileLength}; the two must be the same.", next);
    }

    private void Expect(in Utf8JsonReader reader, JsonTokenType token, string name, string what)
    {
        if (reader.TokenType != token)
            throw Fault($"{reader.TokenType} was found where {what} is due.", At(reader), name);
    }

    private static long At(in Utf8JsonReader reader) => LengthBytes + reader.TokenStartIndex;

    private SafeTensorsException Fault(string message, long offset, string? tensor = null) => new(message, _path, tensor, offset);
}
