using PeftLabs.Training;
using PeftLabs.Training.Optimizers;
using static TorchSharp.torch;
using Parameter = TorchSharp.Modules.Parameter;

namespace PeftLabs.Tests.Training.Optimizers;

[Collection("Memory")]
public class AdamWTests
{
    [Theory]
    [InlineData(0.0, false)]
    [InlineData(0.1, false)]
    [InlineData(0.1, true)]
    public void It_moves_parameters_as_TorchSharps_own_does(double decay, bool operators)
    {
        using var scope = NewDisposeScope();
        // Longer than a chunk, so that borders between chunks are crossed.
        var size = Optimizer.ChunkValues + 17;
        var (ours, theirs) = (new Parameter(linspace(-1, 1, size)), new Parameter(linspace(-1, 1, size)));
        using var optimizer = Optimizer.Create([("p", ours)], new TrainingOptions { WeightDecay = decay });
        optimizer.ForceOperators = operators;
        using var reference = optim.AdamW([theirs], 0.01, weight_decay: decay);
        for (var step = 0; step < 4; step++)
        {
            using var inner = NewDisposeScope();
            var gradient = ours.detach().sin().add_(step);
            (ours.grad, theirs.grad) = (gradient, gradient.clone());
            optimizer.Step(0.01);
            reference.step();
        }
        Assert.True(ours.allclose(theirs, 1e-5, 1e-7));
        Assert.Equal(8 * size, optimizer.StateBytes);
    }

    [Fact]
    public void A_parameter_without_a_gradient_stays()
    {
        using var scope = NewDisposeScope();
        var (moved, still) = (new Parameter(ones(2)), new Parameter(ones(2)));
        moved.grad = ones(2);
        using var optimizer = Optimizer.Create([("still", still), ("moved", moved)], new TrainingOptions { WeightDecay = 0.5 });
        optimizer.Step(0.1);
        Assert.Equal(1, still[0].item<float>());
        Assert.True(moved[0].item<float>() < 1);
    }
}
