using System.Buffers;
using PeftLabs.Memory.Profiling;
using PeftLabs.Models.Cpu;
using PeftLabs.Quantization;
using PeftLabs.Quantization.Cpu;
using TorchSharp;
using static TorchSharp.torch;

namespace PeftLabs.Training;

/// <summary>
/// Losses of rows of logits <c>[rows, vocabulary]</c>, float32, and their gradients, in place. On a CPU a kernel takes each row through
/// its passes while it lies in the caches, all cores at once; elsewhere torch operators do.
/// </summary>
internal static class CrossEntropyRows
{
    // Operators have a temporary of the logits they work on: so many rows, that it stays small.
    private const long RowsAtOnce = 64;

    // A value is read, exponentiated and scaled; some four times a decoded weight's work.
    private const int PassesPerValue = 4;

    /// <summary>
    /// Adds the rows' losses to <paramref name="total"/>, a float64 scalar; where <paramref name="gradient"/> is set, the logits become
    /// the gradient of that sum.
    /// </summary>
    /// <param name="logits">Contiguous; used up where the gradient is wanted.</param>
    /// <param name="labels">int64 <c>[rows]</c>, each in the vocabulary.</param>
    /// <param name="terms">What is summed.</param>
    /// <param name="total">Where to.</param>
    /// <param name="gradient">Whether logits become their gradient.</param>
    /// <param name="kernels">The kernels on a CPU; null for the fastest.</param>
    public static void Add(Tensor logits, Tensor labels, LossTerms terms, Tensor total, bool gradient, CpuKernels? kernels = null)
    {
        using var profile = ProfileScope.Operator("cross entropy");
        if (logits.device.type == DeviceType.CPU)
            total.Span<double>()[0] += ByKernel(logits, labels, terms, gradient, kernels ?? CpuKernels.Best).Sum();
        else
            ByOperators(logits, labels, terms, total, gradient);
    }

    /// <summary>Each row's plain cross entropy, log Z − z_y; the logits stay as they are.</summary>
    /// <param name="logits">Contiguous.</param>
    /// <param name="labels">int64 <c>[rows]</c>, each in the vocabulary.</param>
    public static double[] Each(Tensor logits, Tensor labels)
    {
        using var profile = ProfileScope.Operator("cross entropy");
        return logits.device.type == DeviceType.CPU
            ? ByKernel(logits, labels, LossTerms.Plain, gradient: false, CpuKernels.Best)
            : EachByOperators(logits, labels);
    }

    /// <summary>As <see cref="Each"/>, by torch operators, on any device.</summary>
    internal static double[] EachByOperators(Tensor logits, Tensor labels)
    {
        using var scope = NewDisposeScope();
        var losses = logits.logsumexp(1).sub_(logits.gather(1, labels.unsqueeze(1)).squeeze(1));
        return losses.to(ScalarType.Float64, CPU).data<double>().ToArray();
    }

    /// <summary>As <see cref="Add"/>, by torch operators, on any device.</summary>
    internal static void ByOperators(Tensor logits, Tensor labels, LossTerms terms, Tensor total, bool gradient)
    {
        for (var row = 0L; row < logits.shape[0]; row += RowsAtOnce)
        {
            using var scope = NewDisposeScope();
            var count = Math.Min(RowsAtOnce, logits.shape[0] - row);
            var (z, index) = (logits.narrow(0, row, count), labels.narrow(0, row, count).unsqueeze(1));
            var slopes = Cap(z, terms, gradient);
            var logZ = z.logsumexp(1, keepdim: true);
            var loss = logZ.add(z.gather(1, index), terms.Smoothing - 1);
            if (terms.Smoothing > 0)
                loss = loss.add_(z.mean([1], keepdim: true), -terms.Smoothing);
            if (terms.ZLoss > 0)
                loss = loss.add_(logZ.square(), terms.ZLoss);
            total.add_(loss.to(ScalarType.Float64).sum());
            if (gradient)
                Gradient(z, index, logZ, terms);
            if (slopes is not null)
                z.mul_(slopes);
        }
    }

    // z = c·tanh(x/c) in place; the slope of that is 1 − tanh².
    private static Tensor? Cap(Tensor z, LossTerms terms, bool gradient)
    {
        if (terms.SoftCap is not { } cap)
            return null;
        z.mul_(1 / cap).tanh_();
        var slopes = gradient ? ones_like(z).addcmul_(z, z, -1) : null;
        z.mul_(cap);
        return slopes;
    }

    // dz = softmax(z)·(1 + 2ζ·log Z) − ε/V − (1 − ε)·onehot(y)
    private static void Gradient(Tensor z, Tensor index, Tensor logZ, LossTerms terms)
    {
        var p = z.sub_(logZ).exp_();
        if (terms.ZLoss > 0)
            p = p.mul_(logZ.mul(2 * terms.ZLoss).add_(1));
        if (terms.Smoothing > 0)
            p = p.sub_(terms.Smoothing / z.shape[1]);
        p.scatter_add_(1, index, full_like(logZ, terms.Smoothing - 1));
    }

    private static unsafe double[] ByKernel(Tensor logits, Tensor labels, LossTerms terms, bool gradient, CpuKernels kernels)
    {
        var (rows, vocabulary) = (logits.shape[0], logits.shape[1]);
        var losses = new double[rows];
        // Raw addresses: a whole batch of logits may be more than a span holds.
        using var first = logits.view(-1).narrow(0, 0, Math.Min(1, rows * vocabulary));
        fixed (float* z = first.Span<float>())
        fixed (long* y = labels.Span<long>())
        {
            var (address, targets) = ((nint)z, (nint)y);
            Partition.Run(rows, 1, PassesPerValue * vocabulary, Environment.ProcessorCount, (start, end) =>
            {
                for (var row = start; row < end; row++)
                    losses[row] = CappedRow(kernels, (float*)address + row * vocabulary, (int)vocabulary, ((long*)targets)[row], terms, gradient);
            });
        }
        return losses;
    }

    private static unsafe double CappedRow(CpuKernels kernels, float* z, int vocabulary, long label, LossTerms terms, bool gradient)
    {
        if (terms.SoftCap is not { } cap)
            return Row(kernels, z, vocabulary, label, terms, gradient);
        var elements = ElementKernels.Available[0];
        // The slopes of one row a core: little beside the logits.
        var slopes = gradient ? ArrayPool<float>.Shared.Rent(vocabulary) : [];
        fixed (float* room = slopes)
        {
            elements.SoftCap(z, vocabulary, (float)cap, room);
            var loss = Row(kernels, z, vocabulary, label, terms, gradient);
            if (!gradient)
                return loss;
            elements.MultiplyBy(z, room, vocabulary);
            ArrayPool<float>.Shared.Return(slopes);
            return loss;
        }
    }

    private static unsafe double Row(CpuKernels kernels, float* z, long vocabulary, long label, LossTerms terms, bool gradient)
    {
        var count = (nint)vocabulary;
        var (most, chosen) = (kernels.Max(z, count), z[label]);
        var mean = terms.Smoothing > 0 ? kernels.Sum(z, count) / vocabulary : 0;
        var sum = kernels.SumExp(z, count, most, store: gradient);
        var logZ = most + Math.Log(sum);
        if (gradient)
        {
            kernels.Affine(z, count, (float)((1 + 2 * terms.ZLoss * logZ) / sum), (float)(-terms.Smoothing / vocabulary));
            z[label] -= (float)(1 - terms.Smoothing);
        }
        // A smoothing of 0 must not meet an infinite mean.
        return logZ - (1 - terms.Smoothing) * chosen - terms.Smoothing * mean + terms.ZLoss * logZ * logZ;
    }
}
