using PeftLabs.Quantization;
using PeftLabs.Quantization.Cpu;
using TorchSharp;
using static TorchSharp.torch;

namespace PeftLabs.Models.Cpu;

/// <summary>The kernels over whole tensors and all cores, and the choice between them and torch's operators.</summary>
internal static unsafe partial class ElementWise
{
    [ThreadStatic]
    private static Choice? s_choice;

    /// <summary>The kernels for a tensor; null where torch's operators are to do the work.</summary>
    public static ElementKernels? KernelsFor(Tensor x)
    {
        // A tensor's memory is reached as a span.
        if (x.device_type != DeviceType.CPU || x.numel() > int.MaxValue / sizeof(float))
            return null;
        return s_choice is { } choice ? choice.Kernels : ElementKernels.Available[0];
    }

    /// <summary>Until it is disposed, this thread's work is done by these kernels, or, without them, by torch's operators: for tests.</summary>
    public static IDisposable Using(ElementKernels? kernels) => s_choice = new Choice(kernels, s_choice);

    /// <summary>y <c>[…, size]</c> and the inverse roots, one a row.</summary>
    public static (Tensor Y, Tensor Inverse) RmsNorm(ElementKernels kernels, Tensor x, Tensor weight, double epsilon)
    {
        x = x.contiguous();
        var size = (int)x.shape[^1];
        var (y, inverse) = (empty_like(x), empty([.. x.shape[..^1], 1]));
        float* from = x.Pointer<float>(), w = weight.Pointer<float>(), to = y.Pointer<float>(), roots = inverse.Pointer<float>();
        Run(inverse.numel(), size, (first, end) =>
            kernels.RmsNorm(from + first * size, w, (nint)(end - first), size, (float)epsilon, to + first * size, roots + first));
        return (y, inverse);
    }

    /// <summary>The input's gradient.</summary>
    public static Tensor RmsNormBackward(ElementKernels kernels, Tensor kept, Tensor weight, Tensor inverse, Tensor g)
    {
        (kept, g) = (kept.contiguous(), g.contiguous());
        var size = (int)g.shape[^1];
        var gx = empty_like(g);
        var x = KeptValues.Of(kept);
        float* w = weight.Pointer<float>(), roots = inverse.Pointer<float>(), from = g.Pointer<float>(), to = gx.Pointer<float>();
        Run(inverse.numel(), size, (first, end) => kernels.RmsNormBackward(
            x.From((nint)first * size), w, roots + first, from + first * size, (nint)(end - first), size, to + first * size));
        return gx;
    }

    /// <summary>The weight's gradient.</summary>
    public static Tensor RmsNormWeight(ElementKernels kernels, Tensor kept, Tensor inverse, Tensor g)
    {
        (kept, g) = (kept.contiguous(), g.contiguous());
        var (rows, size) = ((nint)inverse.numel(), (int)g.shape[^1]);
        var gw = empty(size);
        var x = KeptValues.Of(kept);
        float* roots = inverse.Pointer<float>(), from = g.Pointer<float>(), to = gw.Pointer<float>();
        // A cache line of columns a unit; every column's sum is one thread's, so that it does not depend on their number.
        Partition.Run(size, 16, rows, Environment.ProcessorCount, (first, end) =>
            kernels.RmsNormWeight(x, roots, from, rows, size, (nint)first, (nint)(end - first), to + first));
        return gw;
    }

    /// <summary><c>[batch, tokens, heads, d]</c> to <c>[batch, heads, tokens, d]</c>, turned; or back, with the heads second.</summary>
    public static Tensor Rotate(ElementKernels kernels, Tensor x, Tensor cosines, Tensor sines, float sign, bool headsSecond)
    {
        x = x.contiguous();
        var (batch, size) = (x.shape[0], x.shape[3]);
        var (tokens, heads) = headsSecond ? (x.shape[2], x.shape[1]) : (x.shape[1], x.shape[2]);
        var y = headsSecond ? empty(batch, tokens, heads, size) : empty(batch, heads, tokens, size);
        var tables = cosines.dim() == 3 ? tokens * size / 2 : 0;
        float* from = x.Pointer<float>(), to = y.Pointer<float>();
        float* c = cosines.contiguous().Pointer<float>(), s = sines.contiguous().Pointer<float>();
        Run(batch * tokens, heads * size, (first, end) =>
        {
            for (var i = first; i < end; i++)
            {
                var (sequence, token) = (i / tokens, i % tokens);
                // The token's first head where heads come first, and where tokens do.
                var (near, far) = (i * heads * size, (sequence * heads * tokens + token) * size);
                var angle = sequence * tables + token * (size / 2);
                kernels.Rotate(from + (headsSecond ? far : near), (nint)(headsSecond ? tokens * size : size), c + angle, s + angle, sign,
                    (nint)heads, (nint)size / 2, to + (headsSecond ? near : far), (nint)(headsSecond ? size : tokens * size));
            }
        });
        return y;
    }

    /// <summary>y = the mask's part of x, scaled; or y += that.</summary>
    public static void Dropout(ElementKernels kernels, Tensor x, DropoutMask mask, long place, bool add, Tensor y)
    {
        var from = KeptValues.Of(x.contiguous());
        var to = y.Pointer<float>();
        Run(y.numel(), 1, (first, end) =>
            kernels.Dropout(from.From((nint)first), place + first, (nint)(end - first), mask, add, to + first));
    }

    private static void Run(long items, long size, Action<long, long> body) =>
        Partition.Run(items, size == 1 ? 64 : 1, size, Environment.ProcessorCount, body);

    private sealed class Choice(ElementKernels? kernels, Choice? before) : IDisposable
    {
        public ElementKernels? Kernels => kernels;

        public void Dispose() => s_choice = before;
    }
}
