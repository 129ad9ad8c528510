using PeftLabs.Memory;
using TorchSharp;

namespace PeftLabs.Tests.Memory;

/// <summary>Training steps of y = relu(x A) B with AdamW, whose every byte is known beforehand.</summary>
[Collection("Memory")]
public sealed class MemoryStepTests
{
    private const int Batch = 5, In = 7, Hidden = 11, Out = 3;

    // Bytes of the float32 tensors.
    private const long A = 4 * In * Hidden, B = 4 * Hidden * Out, X = 4 * Batch * In, H = 4 * Batch * Hidden, Y = 4 * Batch * Out;
    private const long Weights = A + B;

    [Fact]
    public void Every_byte_of_a_training_step_is_as_predicted()
    {
        using var meter = MemoryMeter.Start();
        using var a = torch.ones(In, Hidden, requires_grad: true);
        using var b = torch.ones(Hidden, Out, requires_grad: true);
        var optimizer = new AdamW();
        for (var step = 0; step < 4; step++)
        {
            Step(meter, optimizer, [a, b]);
            // The gradients are dropped after the step: only the moments have come to stay.
            Assert.Equal(3 * Weights, meter.CurrentBytes);
        }
        optimizer.Dispose();
        var report = meter.Report();

        Assert.Equal(Weights, report.LoadedBytes);
        Check(report, MemoryStage.Load, end: Bytes(), peak: Bytes());
        // x and relu(x A) are kept for the backward pass, y by its caller. The peak comes while relu has both its input and its output.
        Check(report, MemoryStage.Forward,
            end: Bytes(moments: 2 * Weights, activations: X + H + Y),
            peak: Bytes(moments: 2 * Weights, activations: X + H, workspace: H));
        // Made in this order: the gradients of relu(x A), of B, of x A (the peak) and of A. relu(x A) is freed before the last.
        Check(report, MemoryStage.Backward,
            end: Bytes(moments: 2 * Weights, gradients: Weights, activations: X + Y),
            peak: Bytes(moments: 2 * Weights, gradients: B, activations: X + H + Y, workspace: Y + 2 * H));
        // The two temporaries are the root of A's second moment and the quotient.
        Check(report, MemoryStage.OptimizerStep,
            end: Bytes(moments: 2 * Weights, gradients: Weights),
            peak: Bytes(moments: 2 * Weights, gradients: Weights, workspace: 2 * A));
        Assert.Equal(0, report.UnseenFrees);
    }

    private static void Step(MemoryMeter meter, AdamW optimizer, torch.Tensor[] parameters)
    {
        torch.Tensor x, y;
        using (meter.Stage(MemoryStage.Forward))
        {
            x = torch.ones(Batch, In);
            using var hidden = x.mm(parameters[0]);
            using var active = hidden.relu();
            hidden.Dispose();
            y = active.mm(parameters[1]);
        }
        using (meter.Stage(MemoryStage.Backward))
        {
            using var ones = torch.ones(Batch, Out);
            y.backward([ones]);
        }
        x.Dispose();
        y.Dispose();
        using (meter.Stage(MemoryStage.OptimizerStep))
            optimizer.Step(parameters);
        meter.EndStep();
        foreach (var parameter in parameters)
            parameter.grad = null;
    }

    private static long[] Bytes(long gradients = 0, long moments = 0, long activations = 0, long workspace = 0) =>
        [Weights, 0, gradients, moments, activations, workspace];

    private static void Check(MemoryReport report, MemoryStage stage, long[] end, long[] peak)
    {
        var found = report.Find(stage)!;
        Assert.Equal(end, found.EndCategories.OrderBy(c => c.Key).Select(c => c.Value));
        Assert.Equal(end.Sum(), found.EndBytes);
        Assert.Equal(peak, found.PeakCategories.OrderBy(c => c.Key).Select(c => c.Value));
        Assert.Equal(peak.Sum(), found.PeakBytes);
    }

    private sealed class AdamW : IDisposable
    {
        private readonly List<(torch.Tensor First, torch.Tensor Second)> _moments = [];

        public void Step(torch.Tensor[] parameters)
        {
            using var none = torch.no_grad();
            for (var i = 0; i < parameters.Length; i++)
            {
                if (_moments.Count == i)
                    _moments.Add((torch.zeros_like(parameters[i]), torch.zeros_like(parameters[i])));
                var (first, second) = _moments[i];
                using var gradient = parameters[i].grad!;
                first.mul_(0.9f).add_(gradient, alpha: 0.1f);
                second.mul_(0.999f).addcmul_(gradient, gradient, value: 0.001f);
                // A few bytes for each number that libtorch wraps as a tensor: here, where they cannot raise the peak.
                parameters[i].mul_(0.9999f);
                using var root = second.sqrt();
                using var change = first.div(root.add_(1e-8f));
                parameters[i].add_(change, alpha: -0.001f);
            }
        }

        public void Dispose() => _moments.ForEach(m =>
        {
            m.First.Dispose();
            m.Second.Dispose();
        });
    }
}
