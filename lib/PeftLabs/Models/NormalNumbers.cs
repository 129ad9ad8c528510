using static TorchSharp.torch;

namespace PeftLabs.Models;

/// <summary>
/// Normally distributed numbers that depend on nothing but the seed, a name and their index: any part can be made at any time,
/// in any order, on any number of threads.
/// </summary>
public sealed class NormalNumbers(ulong seed, string name, double deviation = 1)
{
    private readonly RandomBits _bits = new(seed, name);

    /// <summary>Fills a float32 CPU tensor with the numbers from index <paramref name="first"/> on.</summary>
    public unsafe void Fill(Tensor values, long first)
    {
        fixed (byte* bytes = values.bytes)
        {
            var (start, count) = ((nint)bytes, values.numel());
            const int Block = 1 << 16;
            Parallel.For(0L, (count + Block - 1) / Block, block =>
            {
                var span = new Span<float>((float*)start + block * Block, (int)Math.Min(Block, count - block * Block));
                Fill(span, first + block * Block);
            });
        }
    }

    /// <summary>Fills a span with the numbers from index <paramref name="first"/> on.</summary>
    public void Fill(Span<float> values, long first)
    {
        for (var i = 0; i < values.Length; i++)
            values[i] = At(first + i);
    }

    // Box-Muller, each pair of indices sharing one radius and angle.
    private float At(long index)
    {
        var bits = _bits[index >> 1];
        var radius = MathF.Sqrt(-2 * MathF.Log(((uint)(bits >> 40) + 1) * (1f / (1 << 24))));
        var angle = (uint)(bits & 0xFFFFFF) * (2 * MathF.PI / (1 << 24));
        return (float)deviation * radius * ((index & 1) == 0 ? MathF.Cos(angle) : MathF.Sin(angle));
    }
}
