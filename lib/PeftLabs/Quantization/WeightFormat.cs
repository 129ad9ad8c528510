using static TorchSharp.torch;

namespace PeftLabs.Quantization;

/// <summary>
/// How a weight matrix <c>[out, in]</c> is stored: a codec. Every format is the same kind of thing: it says how many bytes a
/// matrix takes, and makes the <see cref="StoredWeight"/> that encodes rows, decodes tiles and multiplies.
/// </summary>
public abstract record WeightFormat
{
    /// <summary>Single precision, the format in which weights can be trained.</summary>
    public static DenseFormat Float32 { get; } = new(ScalarType.Float32);

    /// <summary>bfloat16 storage: 8 bits of exponent, 7 of mantissa.</summary>
    public static DenseFormat BFloat16 { get; } = new(ScalarType.BFloat16);

    /// <summary>IEEE half-precision storage.</summary>
    public static DenseFormat Float16 { get; } = new(ScalarType.Float16);

    /// <summary>The format's name as commands and records write it, for example <c>float32</c>.</summary>
    public abstract string Name { get; }

    /// <summary>Bytes that a matrix <c>[rows, columns]</c> takes in this format, to the byte.</summary>
    public abstract long StoredBytes(long rows, long columns);

    /// <summary>Makes room for a matrix <c>[rows, columns]</c> on a device; its values are undefined until encoded.</summary>
    public abstract StoredWeight Allocate(long rows, long columns, Device device);

    /// <summary>Encodes a matrix <c>[rows, columns]</c> of any floating-point type.</summary>
    public StoredWeight Encode(Tensor matrix)
    {
        var stored = Allocate(matrix.shape[0], matrix.shape[1], matrix.device);
        stored.EncodeRows(0, matrix);
        return stored;
    }

    /// <inheritdoc/>
    public sealed override string ToString() => Name;
}
