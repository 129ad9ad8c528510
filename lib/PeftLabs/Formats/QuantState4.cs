using System.Globalization;
using System.Text;
using System.Text.Json;

namespace PeftLabs.Formats;

/// <summary>
/// What bitsandbytes keeps beside the codes of a 4-bit matrix, as JSON in a uint8 tensor named
/// <c>….quant_state.bitsandbytes__nf4</c> (or <c>fp4</c>).
/// </summary>
/// <param name="QuantType">"nf4" or "fp4".</param>
/// <param name="BlockSize">Weights that share a scale.</param>
/// <param name="DType">What the weights were before, for example "bfloat16".</param>
/// <param name="Shape">The matrix <c>[out, in]</c>.</param>
public sealed record QuantState4(string QuantType, int BlockSize, string DType, IReadOnlyList<long> Shape)
{
    /// <summary>Scales that share a scale of their own; null where the scales are plain.</summary>
    public int? NestedBlockSize { get; init; }

    /// <summary>The type of the scales before they were quantized.</summary>
    public string NestedDType { get; init; } = "float32";

    /// <summary>The mean that was taken off the scales.</summary>
    public float NestedOffset { get; init; }

    /// <summary>Reads the JSON.</summary>
    /// <exception cref="FormatException">It is no JSON object, or a field is missing or of the wrong type.</exception>
    public static QuantState4 Parse(ReadOnlySpan<byte> json)
    {
        try
        {
            using var document = JsonDocument.Parse(json.ToArray());
            var root = document.RootElement;
            var state = new QuantState4(root.GetProperty("quant_type").GetString()!, root.GetProperty("blocksize").GetInt32(),
                root.GetProperty("dtype").GetString()!, [.. root.GetProperty("shape").EnumerateArray().Select(d => d.GetInt64())]);
            return !root.TryGetProperty("nested_blocksize", out var nested) ? state : state with
            {
                NestedBlockSize = nested.GetInt32(),
                NestedDType = root.GetProperty("nested_dtype").GetString()!,
                NestedOffset = root.GetProperty("nested_offset").GetSingle(),
            };
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException or FormatException)
        {
            throw new FormatException($"it is no state of bitsandbytes ({e.Message.TrimEnd('.')}); a JSON object with quant_type, "
                + "blocksize, dtype and shape is, and with nested_blocksize, nested_dtype and nested_offset where the scales are quantized.", e);
        }
    }

    /// <summary>The JSON as bitsandbytes writes it, byte for byte.</summary>
    public byte[] ToJson()
    {
        var text = $"{{\"quant_type\": \"{QuantType}\", \"blocksize\": {BlockSize}, \"dtype\": \"{DType}\", "
            + $"\"shape\": [{string.Join(", ", Shape)}]";
        if (NestedBlockSize is { } nested)
            text += string.Create(CultureInfo.InvariantCulture, $", \"nested_blocksize\": {nested}, \"nested_dtype\": \"{NestedDType}\", ")
                + $"\"nested_offset\": {PythonJson.Float(NestedOffset).ToJsonString()}";
        return Encoding.UTF8.GetBytes(text + "}");
    }
}
