using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace PeftLabs.Training;

/// <summary>
/// AdamW (arXiv 1711.05101), step for step what PyTorch computes. Two float32 numbers of state a parameter, made at the first step;
/// its one temporary is bounded, however large a parameter is.
/// </summary>
public sealed class AdamW : IDisposable
{
    /// <summary>The most numbers that a step works on at once: its temporary is four bytes for each.</summary>
    public const long ChunkValues = 1 << 20;

    private readonly List<Parameter> _parameters;
    private readonly TrainingOptions _options;
    private readonly List<(Tensor Mean, Tensor Square)> _state = [];
    private long _steps;

    /// <summary>An optimizer of some parameters; they stay their owner's.</summary>
    public AdamW(IEnumerable<Parameter> parameters, TrainingOptions options) => (_parameters, _options) = ([.. parameters], options);

    /// <summary>Bytes of state held.</summary>
    public long StateBytes => _state.Sum(s => 2 * s.Mean.numel() * s.Mean.element_size());

    /// <summary>Steps taken.</summary>
    public long Steps => _steps;

    /// <summary>The state by name; the tensors stay the optimizer's.</summary>
    public IEnumerable<(string Name, Tensor Tensor)> State() =>
        _state.SelectMany((s, i) => new[] { ($"{i}.mean", s.Mean), ($"{i}.square", s.Square) });

    /// <summary>Puts state back; the tensors given stay the caller's.</summary>
    public void Restore(long steps, Func<string, Tensor?> find)
    {
        using var _ = no_grad();
        _steps = steps;
        if (_state.Count == 0)
            _state.AddRange(_parameters.Select(p => (Zeros(p), Zeros(p))));
        foreach (var (name, tensor) in State())
            tensor.copy_(find(name) ?? throw new InvalidDataException($"there is no state '{name}'."));
    }

    /// <summary>Moves every parameter that has a gradient.</summary>
    public void Step(double learningRate)
    {
        using var _ = no_grad();
        using var scope = NewDisposeScope();
        _steps++;
        if (_state.Count == 0)
            _state.AddRange(_parameters.Select(p => (Zeros(p), Zeros(p))));
        foreach (var (parameter, (mean, square)) in _parameters.Zip(_state))
        {
            if (parameter.grad is { } gradient)
                Move(parameter, gradient, mean, square, learningRate);
            scope.DisposeEverything();
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var (mean, square) in _state)
        {
            mean.Dispose();
            square.Dispose();
        }
        _state.Clear();
    }

    private static Tensor Zeros(Tensor like) => zeros_like(like).DetachFromDisposeScope();

    private void Move(Tensor parameter, Tensor gradient, Tensor mean, Tensor square, double learningRate)
    {
        var (p, g, m, v) = (parameter.view(-1), gradient.reshape(-1), mean.view(-1), square.view(-1));
        for (var first = 0L; first < p.shape[0]; first += ChunkValues)
        {
            using var scope = NewDisposeScope();
            var count = Math.Min(ChunkValues, p.shape[0] - first);
            Move(learningRate, p.narrow(0, first, count), g.narrow(0, first, count), m.narrow(0, first, count), v.narrow(0, first, count));
        }
    }

    // m ← β₁m + (1 − β₁)g;  v ← β₂v + (1 − β₂)g²;  p ← p(1 − ηλ) − η/(1 − β₁ᵗ) · m / (√v/√(1 − β₂ᵗ) + ε)
    private void Move(double learningRate, Tensor p, Tensor g, Tensor m, Tensor v)
    {
        var (correction1, correction2) = (1 - Math.Pow(_options.Beta1, _steps), 1 - Math.Pow(_options.Beta2, _steps));
        m.mul_(_options.Beta1).add_(g, 1 - _options.Beta1);
        v.mul_(_options.Beta2).addcmul_(g, g, 1 - _options.Beta2);
        if (_options.WeightDecay != 0)
            p.mul_(1 - learningRate * _options.WeightDecay);
        var divisor = v.sqrt().div_(Math.Sqrt(correction2)).add_(_options.Epsilon);
        p.addcdiv_(m, divisor, -learningRate / correction1);
    }
}
