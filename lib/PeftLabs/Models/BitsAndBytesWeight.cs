using PeftLabs.Formats;
using PeftLabs.Quantization;
using TorchSharp;
using static TorchSharp.torch;

namespace PeftLabs.Models;

/// <summary>
/// A 4-bit matrix as bitsandbytes writes it: the codes under the weight's own name, and beside them <c>.absmax</c>, <c>.quant_map</c>,
/// <c>.quant_state.bitsandbytes__nf4</c> and, doubly quantized, <c>.nested_absmax</c> and <c>.nested_quant_map</c>.
/// </summary>
internal sealed class BitsAndBytesWeight(Checkpoint checkpoint, string name)
{
    public const string State = ".quant_state.bitsandbytes__";
    public const string AbsMax = ".absmax", QuantMap = ".quant_map", NestedAbsMax = ".nested_absmax", NestedQuantMap = ".nested_quant_map";

    private static readonly CodeBook4[] Books = [CodeBook4.NF4, CodeBook4.FP4];

    private readonly List<string> _read = [];

    /// <summary>Whether a weight is stored in 4 bits, or looks as if it should be.</summary>
    public static bool IsStoredAs4Bit(Checkpoint checkpoint, string name) =>
        Books.Any(book => checkpoint.Contains(name + State + book.Name))
        || checkpoint.Contains(name) && checkpoint.Info(name).Type is SafeTensorType.UInt8 or SafeTensorType.Int8;

    /// <summary>Reads the matrix, nothing of it quantized anew, and adds the names of its tensors to <paramref name="names"/>.</summary>
    /// <exception cref="ModelFormatException">A tensor is missing, or does not fit the others or the model.</exception>
    public BlockWeight4 Read(long rows, long columns, Device device, HashSet<string> names)
    {
        var state = ReadState(out var book);
        if (!state.Shape.SequenceEqual([rows, columns]))
            throw Refused(State + book.Name, $"is of a matrix [{string.Join(", ", state.Shape)}]; config.json makes it [{rows}, {columns}].");
        var format = Format(state, book);
        using var scope = NewDisposeScope();
        var weight = new BlockWeight4(format, rows, columns, device, Parts(state, format, rows * columns, device));
        names.UnionWith(_read);
        return weight;
    }

    /// <summary>The format that <see cref="Read"/> will give, and what the weights were before.</summary>
    /// <exception cref="ModelFormatException">The state is missing or broken.</exception>
    public (BlockFormat4 Format, ScalarType ValueType) StoredAs()
    {
        var state = ReadState(out var book);
        return (Format(state, book), ValueType(state, book));
    }

    private QuantState4 ReadState(out CodeBook4 book)
    {
        book = Books.FirstOrDefault(b => checkpoint.Contains(name + State + b.Name))
            ?? throw Refused("", $"is {checkpoint.Info(name).Type.Code}, yet has no '{name}{State}nf4' beside it: the state of a 4-bit weight "
                + "is missing (bitsandbytes' 8-bit weights are not read).");
        using var bytes = Tensor(State + book.Name, ScalarType.Byte);
        try
        {
            var state = QuantState4.Parse(bytes.Span<byte>());
            return state.QuantType == book.Name ? state
                : throw Refused(State + book.Name, $"says quant_type '{state.QuantType}'; '{book.Name}' is what its name says.");
        }
        catch (FormatException e)
        {
            throw Refused(State + book.Name, $"cannot be read: {e.Message}");
        }
    }

    private BlockFormat4 Format(QuantState4 state, CodeBook4 book)
    {
        if (state.NestedBlockSize is not (null or BlockScales.DefaultNestedBlockSize))
            throw Refused(State + book.Name, $"says nested_blocksize {state.NestedBlockSize}; {BlockScales.DefaultNestedBlockSize} is what is read.");
        try
        {
            return new BlockFormat4(book, state.BlockSize, state.NestedBlockSize is not null);
        }
        catch (ArgumentOutOfRangeException e)
        {
            throw Refused(State + book.Name, $"says blocksize {state.BlockSize}: {e.Message}");
        }
    }

    private BlockParts4 Parts(QuantState4 state, BlockFormat4 format, long values, Device device)
    {
        var blocks = (values + format.BlockSize - 1) / format.BlockSize;
        RequireLevels(Tensor(QuantMap, ScalarType.Float32, 16), format.Book);
        var codes = Tensor("", ScalarType.Byte, BlockCodec4.PackedBytes(values), 1).to(device);
        var parts = new BlockParts4(codes, Tensor(AbsMax, format.DoubleQuantization ? ScalarType.Byte : ScalarType.Float32, blocks).to(device),
            ValueType(state, format.Book));
        return !format.DoubleQuantization ? parts : parts with
        {
            NestedAbsMax = Tensor(NestedAbsMax, ScalarType.Float32, DoubleQuantization.NestedBlocks((int)blocks)).to(device),
            NestedLevels = Tensor(NestedQuantMap, ScalarType.Float32, 256).Span<float>().ToArray(),
            Offset = state.NestedOffset,
        };
    }

    private void RequireLevels(Tensor map, CodeBook4 book)
    {
        if (!map.Span<float>().SequenceEqual(book.Levels))
            throw Refused(QuantMap, $"holds other levels than those of {book}; codes of other levels are not read.");
    }

    private ScalarType ValueType(QuantState4 state, CodeBook4 book) => state.DType switch
    {
        "float32" => ScalarType.Float32,
        "bfloat16" => ScalarType.BFloat16,
        "float16" => ScalarType.Float16,
        _ => throw Refused(State + book.Name, $"says dtype '{state.DType}'; 'float32', 'bfloat16' or 'float16' is expected."),
    };

    // On the host; an empty shape stands for any of one dimension.
    private Tensor Tensor(string part, ScalarType type, params long[] shape)
    {
        if (!checkpoint.Contains(name + part))
            throw new ModelFormatException(checkpoint.Path, $"has no tensor '{name + part}', which the 4-bit weight '{name}' needs.");
        var info = checkpoint.Info(name + part);
        if (info.Type.ToScalarType() != type || (shape.Length == 0 ? info.Shape.Count != 1 : !info.Shape.SequenceEqual(shape)))
            throw Refused(part, $"is {info.Type.Code} [{string.Join(", ", info.Shape)}]; the 4-bit weight needs "
                + $"{type.ToSafeTensorType().Code} [{(shape.Length == 0 ? "bytes" : string.Join(", ", shape))}].");
        _read.Add(name + part);
        return checkpoint.Read(name + part);
    }

    private ModelFormatException Refused(string part, string message) =>
        new(checkpoint.FileOf(name + part).Path, $"tensor '{name + part}' {message}");
}
