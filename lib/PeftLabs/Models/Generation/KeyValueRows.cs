using PeftLabs.Memory;
using PeftLabs.Quantization;
using PeftLabs.Quantization.Cpu;
using TorchSharp;
using static TorchSharp.torch;

namespace PeftLabs.Models.Generation;

/// <summary>
/// A block of a layer's keys, or of its values: room for <see cref="Tokens"/> rows of so many numbers for each head, in some format. The
/// members with pointers are for host memory.
/// </summary>
internal abstract unsafe class KeyValueRows(int heads, int size) : IDisposable
{
    /// <summary>Tokens of a block.</summary>
    public const int Tokens = 128;

    /// <summary>Heads.</summary>
    protected int Heads => heads;

    /// <summary>Numbers of a row.</summary>
    protected int Size => size;

    /// <summary>The kernels that read and write rows in host memory.</summary>
    protected static CpuKernels Kernels => CpuKernels.Best;

    /// <summary>The tensors that hold it.</summary>
    protected abstract IEnumerable<Tensor> Tensors { get; }

    /// <summary>An empty block on a device.</summary>
    public static KeyValueRows Create(KeyValueFormat format, int heads, int size, Device device) => format switch
    {
        KeyValueFormat.Float32 => new Float32Rows(heads, size, device),
        KeyValueFormat.BFloat16 => new BFloat16Rows(heads, size, device),
        KeyValueFormat.Int8 => new Int8Rows(heads, size, device),
        _ => throw new ArgumentOutOfRangeException(nameof(format), format, "A cache is Float32, BFloat16 or Int8."),
    };

    /// <summary>Bytes of a block.</summary>
    public static long Bytes(KeyValueFormat format, int heads, int size) => (long)heads * Tokens * format switch
    {
        KeyValueFormat.Float32 => 4 * size,
        KeyValueFormat.BFloat16 => 2 * size,
        _ => size + sizeof(float),
    };

    /// <summary>Writes float32 rows <c>[heads, n, size]</c> from a token of the block on.</summary>
    public abstract void Write(int token, Tensor rows);

    /// <summary>The first rows of all heads in float32, <c>[heads, count, size]</c>; the caller owns them, and must not change them.</summary>
    public abstract Tensor Read(int count);

    /// <summary>Writes a row.</summary>
    public abstract void Write(int head, int token, float* row);

    /// <summary>sums[token] = Σ row[token] · vector for the first rows of a head and each vector.</summary>
    public abstract void Dot(int head, int count, VectorBatch vectors, float* sums);

    /// <summary>y += Σ weights[token] · row[token] over the first rows of a head; the weights are used up.</summary>
    public abstract void AddTo(int head, int count, float* weights, float* y);

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var tensor in Tensors)
            tensor.Dispose();
    }

    /// <summary>The address of a row in room <c>[heads, tokens, size]</c> in host memory.</summary>
    protected T* Row<T>(Tensor room, int head, int token)
        where T : unmanaged => room.Pointer<T>() + ((nint)head * Tokens + token) * size;

    /// <summary>Room of its own.</summary>
    protected static Tensor Room(ScalarType type, Device device, params long[] shape)
    {
        using var category = MemoryMeter.Category(MemoryCategory.Workspace);
        return empty(shape, dtype: type, device: device).DetachFromDisposeScope();
    }
}
