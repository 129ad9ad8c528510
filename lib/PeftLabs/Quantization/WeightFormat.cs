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

    /// <summary>NormalFloat4 in blocks of 64: 4.5 bits a weight.</summary>
    public static BlockFormat4 NF4 { get; } = new(CodeBook4.NF4);

    /// <summary>NormalFloat4 in blocks of 64 with doubly quantized scales, as QLoRA uses it: 4.127 bits a weight.</summary>
    public static BlockFormat4 NF4Double { get; } = new(CodeBook4.NF4, doubleQuantization: true);

    /// <summary>bitsandbytes' 4-bit float in blocks of 64.</summary>
    public static BlockFormat4 FP4 { get; } = new(CodeBook4.FP4);

    /// <summary>The dynamic 8-bit map in blocks of 256.</summary>
    public static Int8Format Int8 { get; } = new();

    /// <summary>Signed bytes with a scale for each row.</summary>
    public static Int8RowFormat Int8Row { get; } = new();

    /// <summary>The format's name as commands and records write it, for example <c>nf4-dq</c>; <see cref="Parse"/> reads it.</summary>
    public abstract string Name { get; }

    /// <summary>Bytes that a matrix <c>[rows, columns]</c> takes in this format, to the byte.</summary>
    public abstract long StoredBytes(long rows, long columns);

    /// <summary>Rows after which a block ends at the end of a row: encoding begins at a multiple of it.</summary>
    public virtual long RowUnit(long columns) => 1;

    /// <summary>
    /// Makes room for a matrix <c>[rows, columns]</c> on a device. Its values are undefined until every row was encoded and
    /// <see cref="StoredWeight.Complete"/> called.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">A quantized matrix of more than 2³¹ − 1 bytes of codes.</exception>
    public abstract StoredWeight Allocate(long rows, long columns, Device device);

    /// <summary>The tensors of a complete matrix <c>[rows, columns]</c>, in the order of <see cref="StoredWeight.Tensors"/>.</summary>
    internal abstract IReadOnlyList<StoredPart> Parts(long rows, long columns);

    /// <summary>Numbers of a complete matrix beside its tensors (<see cref="StoredWeight.Scalars"/>).</summary>
    internal virtual int Scalars => 0;

    /// <summary>A complete matrix of tensors like <see cref="Parts"/>, which it owns from now on.</summary>
    internal abstract StoredWeight TakeOver(long rows, long columns, IReadOnlyList<Tensor> parts, ScalarType valueType);

    /// <summary>Encodes a matrix <c>[rows, columns]</c> of any floating-point type.</summary>
    /// <exception cref="NonFiniteWeightException">A value is NaN or infinite, and the format cannot hold it.</exception>
    public StoredWeight Encode(Tensor matrix)
    {
        var stored = Allocate(matrix.shape[0], matrix.shape[1], matrix.device);
        try
        {
            stored.EncodeRows(0, matrix);
            stored.Complete();
            return stored;
        }
        catch
        {
            stored.Dispose();
            throw;
        }
    }

    /// <summary>
    /// The format of a name: <c>float32</c>, <c>bfloat16</c>, <c>float16</c>, <c>nf4</c>, <c>fp4</c>, <c>int8</c>, <c>int8-row</c>;
    /// <c>-dq</c> asks for double quantization and <c>:128</c> for another block size, as in <c>nf4-dq:128</c> and <c>int8:4096</c>.
    /// </summary>
    /// <exception cref="FormatException">There is no such format, or the block size is none of its own.</exception>
    public static WeightFormat Parse(string name) => WeightFormatName.Parse(name);

    /// <inheritdoc/>
    public sealed override string ToString() => Name;

    private protected static long CheckedCodeBytes(long bytes, long rows, long columns) => bytes <= int.MaxValue ? bytes
        : throw new ArgumentOutOfRangeException(nameof(rows), rows,
            $"A matrix of {rows} × {columns} takes {bytes} bytes of codes; a quantized matrix holds at most {int.MaxValue}.");
}
