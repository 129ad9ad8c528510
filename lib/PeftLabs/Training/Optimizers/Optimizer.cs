using System.Globalization;
using PeftLabs.Memory;
using PeftLabs.Memory.Profiling;
using PeftLabs.Training.Optimizers.Cpu;
using TorchSharp;
using static TorchSharp.torch;
using Parameter = TorchSharp.Modules.Parameter;

namespace PeftLabs.Training.Optimizers;

/// <summary>
/// A rule that moves parameters by their gradients. Its state is made, zero, when the first step begins, and is float32 whatever the
/// parameters are, unless the kind says otherwise. Working memory beyond the state is bounded, however large a parameter is: none to
/// speak of on CPUs, where the rules are fused kernels over all cores, and chunks of at most 2²⁰ values elsewhere.
/// </summary>
public abstract class Optimizer : IDisposable
{
    /// <summary>The most values that tensor operators work on at once.</summary>
    internal const long ChunkValues = 1 << 20;

    private readonly bool[] _faster;
    private readonly ScopePath[] _scopes;
    private StateStore? _state;

    private protected Optimizer(IReadOnlyList<(string Name, Parameter Parameter)> parameters, TrainingOptions options)
    {
        (Parameters, Options) = (parameters, options);
        foreach (var (name, parameter) in parameters)
            if (!parameter.is_contiguous())
                throw new ArgumentException($"Parameter '{name}' is not contiguous in memory; it must be.", nameof(parameters));
        if (parameters.GroupBy(p => p.Name).FirstOrDefault(g => g.Count() > 1) is { } twice)
            throw new ArgumentException($"Two parameters are named '{twice.Key}'; names must differ.", nameof(parameters));
        _faster = [.. parameters.Select(p => LoraPlus.IsB(p.Name))];
        _scopes = [.. parameters.Select(p => ScopeOf(p.Name))];
    }

    /// <summary>The parameters it moves, which stay their owner's.</summary>
    public IReadOnlyList<(string Name, Parameter Parameter)> Parameters { get; }

    /// <summary>Steps begun. Bias corrections count these, for all parameters alike.</summary>
    public long Steps { get; private set; }

    /// <summary>Bytes of state, wherever they lie; 0 before the first step.</summary>
    public long StateBytes => Buffers.Sum(b => b.Spec.Bytes);

    /// <summary>Bytes of state in memory: all but what a paged optimizer has in its file.</summary>
    public long ResidentStateBytes => Buffers.OfType<ResidentState>().Sum(b => b.Spec.Bytes);

    /// <summary>Computes with tensor operators where the parameters are on a CPU, too.</summary>
    internal bool ForceOperators { get; set; }

    /// <summary>The instructions that the fused rules use.</summary>
    internal OptimizerKernels Kernels { get; set; } = OptimizerKernels.Best;

    private protected TrainingOptions Options { get; }

    private IEnumerable<StateBuffer> Buffers =>
        _state is null ? [] : Enumerable.Range(0, Parameters.Count).SelectMany(i => _state[i]);

    /// <summary>The optimizer that the options name, of some parameters. Their names are those of its state in checkpoints.</summary>
    /// <exception cref="ArgumentException">Two parameters have the same name, or one is not contiguous in memory.</exception>
    public static Optimizer Create(IReadOnlyList<(string Name, Parameter Parameter)> parameters, TrainingOptions options) =>
        options.Optimizer switch
        {
            OptimizerKind.AdamW or OptimizerKind.PagedAdamW => new AdamW(parameters, options),
            OptimizerKind.AdamW8Bit or OptimizerKind.PagedAdamW8Bit => new AdamW8Bit(parameters, options),
            OptimizerKind.Adafactor => new Adafactor(parameters, options),
            OptimizerKind.Lion => new Lion(parameters, options),
            OptimizerKind.Sgd => new MomentumDescent(parameters, options),
            OptimizerKind.GaLore => new GaLore(parameters, options),
            var other => throw new ArgumentOutOfRangeException(
                nameof(options), other, $"Optimizer is {other}; it must be one of {OptimizerNames.Choices}."),
        };

    /// <summary>Takes a step: moves every parameter that has a gradient. Gradients stay.</summary>
    /// <exception cref="IOException">At the first step: the disk has no room for paged state.</exception>
    public void Step(double learningRate)
    {
        BeginStep();
        for (var i = 0; i < Parameters.Count; i++)
            Update(i, learningRate);
    }

    /// <summary>Counts a step, whose parameters are then moved one by one, in any order, each at most once.</summary>
    /// <exception cref="IOException">At the first step: the disk has no room for paged state.</exception>
    public void BeginStep()
    {
        _state ??= NewState();
        Steps++;
    }

    /// <summary>Moves one parameter by its gradient, which stays; without a gradient, neither it nor its state changes.</summary>
    /// <exception cref="InvalidOperationException">No step was begun.</exception>
    public void Update(int index, double learningRate)
    {
        var state = _state ?? throw new InvalidOperationException("No step was begun: call BeginStep before Update.");
        using var profile = ProfileScope.Enter(_scopes[index]);
        using var scope = NewDisposeScope();
        using var _ = no_grad();
        var (name, parameter) = Parameters[index];
        if (parameter.grad is not { } gradient || parameter.numel() == 0)
            return;
        using var category = MemoryMeter.Category(MemoryCategory.Workspace);
        var rate = learningRate * (_faster[index] ? Options.LoraPlusRatio : 1);
        Move(new(name, parameter, gradient.contiguous(), state[index], rate));
        foreach (var buffer in state[index])
            buffer.Rest();
    }

    /// <summary>
    /// What a checkpoint holds: every tensor of state, named after its parameter as in
    /// "model.layers.0.self_attn.q_proj.lora_A.weight/mean", 8-bit state in its bytes. Before the first step there is nothing.
    /// </summary>
    /// <remarks>A tensor lives until the next one is asked for, is disposed then, and may be the state itself: it is only to be read,
    /// and cloned if it is to be kept.</remarks>
    public IEnumerable<(string Name, Tensor Tensor)> State()
    {
        for (var i = 0; _state is not null && i < Parameters.Count; i++)
            foreach (var buffer in _state[i])
            {
                using var values = buffer.Export().DetachFromDisposeScope();
                yield return (StateName(i, buffer), values);
                buffer.Rest();
            }
    }

    /// <summary>
    /// Goes on where an optimizer of the same kind and parameters stood after so many steps, bit for bit. State is asked for by name,
    /// and copied; the tensors stay the caller's.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The steps are negative.</exception>
    /// <exception cref="InvalidDataException">Some state is missing, or has another shape or type; the optimizer is as if new.</exception>
    public void Restore(long steps, Func<string, Tensor?> state)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(steps);
        Forget();
        if (steps == 0)
            return;
        try
        {
            _state = NewState();
            for (var i = 0; i < Parameters.Count; i++)
                foreach (var buffer in _state[i])
                    Import(StateName(i, buffer), buffer, state);
            Steps = steps;
        }
        catch
        {
            Forget();
            throw;
        }
    }

    /// <summary>Frees the state.</summary>
    public void Dispose()
    {
        Forget();
        GC.SuppressFinalize(this);
    }

    /// <summary>Moves a parameter; gradients are not recorded, and whatever is made goes with the surrounding scope.</summary>
    private protected abstract void Move(ParameterStep step);

    /// <summary>Whether the fused kernels can do it: everything is float32 in the processor's memory.</summary>
    private protected bool UsesKernels(ParameterStep step) => !ForceOperators
        && step.Parameter.device_type == DeviceType.CPU && step.Parameter.dtype == ScalarType.Float32
        && step.Gradient.device_type == DeviceType.CPU && step.Gradient.dtype == ScalarType.Float32;

    // In a profile a parameter's step is its block's, whose number is the only one among the parts of its name.
    private static ScopePath ScopeOf(string name)
    {
        const string Rule = "optimizer rule";
        foreach (var part in name.Split('.'))
            if (int.TryParse(part, NumberStyles.None, CultureInfo.InvariantCulture, out var block))
                return ScopePath.Numbered("block", block).Operator(Rule);
        return ScopePath.Of(Rule);
    }

    private StateStore NewState()
    {
        using var profile = ProfileScope.Operator("optimizer state");
        return new([.. Parameters.Select(p => (StateLayout.Of(Options, p.Parameter.shape), p.Parameter.device))], StateLayout.Budget(Options));
    }

    private string StateName(int parameter, StateBuffer buffer) => $"{Parameters[parameter].Name}/{buffer.Spec.Name}";

    private void Forget()
    {
        _state?.Dispose();
        (_state, Steps) = (null, 0);
    }

    private void Import(string name, StateBuffer buffer, Func<string, Tensor?> state)
    {
        var kind = OptimizerNames.Name(Options.Optimizer);
        if (state(name) is not { } values)
            throw new InvalidDataException($"There is no optimizer state '{name}', which {kind} needs; it was saved with another optimizer "
                + "or for other parameters.");
        var spec = buffer.Spec;
        if (values.dtype != spec.Type || !values.shape.SequenceEqual(spec.Shape))
            throw new InvalidDataException($"Optimizer state '{name}' is {values.dtype} [{string.Join(", ", values.shape)}] where {kind} "
                + $"needs {spec.Type} [{string.Join(", ", spec.Shape)}].");
        using var scope = NewDisposeScope();
        using var _ = no_grad();
        buffer.Import(values);
    }
}
