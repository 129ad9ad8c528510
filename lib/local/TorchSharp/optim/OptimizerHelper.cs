using static TorchSharp.torch;
using static TorchSharp.torch.optim;

namespace TorchSharp.Modules;

/// <summary>What an optimizer remembers of one parameter.</summary>
public abstract class OptimizerState
{
    protected OptimizerState(Parameter parameter) => Parameter = parameter;

    internal Parameter Parameter { get; }

    /// <summary>Makes the state's tensors; called once, when the parameter joins the optimizer.</summary>
    public abstract void Initialize(OptimizerOptions options);

    public abstract void LoadStateDict(OptimizerState source);

    public virtual void to(Device device)
    {
    }

    /// <summary>A state tensor that outlives every scope, of zeros in the parameter's shape and type.</summary>
    internal Tensor Zeros() => zeros_like(Parameter).DetachFromDisposeScope();

    internal static void Copy(ref Tensor target, Tensor source)
    {
        target?.Dispose();
        target = source?.clone().DetachFromDisposeScope();
    }

    internal static void Move(ref Tensor target, Device device)
    {
        if (target is null) return;
        using var old = target;
        target = old.to(device).DetachFromDisposeScope();
    }
}

/// <summary>Groups, states and steps: what the optimizers have in common.</summary>
public abstract class OptimizerHelper : Optimizer
{
    private readonly Dictionary<Parameter, OptimizerState> _states = new(ReferenceEqualityComparer.Instance);

    public OptimizerHelper()
    {
    }

    public override IEnumerable<Parameter> parameters() => base.parameters();

    public override void zero_grad() => base.zero_grad();

    public override void add_param_group(ParamGroup param_group)
    {
        base.add_param_group(param_group);
        foreach (var parameter in param_group.Parameters)
            if (!_states.ContainsKey(parameter))
                (_states[parameter] = NewState(parameter)).Initialize(param_group.Options);
    }

    public virtual StateDictionary state_dict()
    {
        var dictionary = new StateDictionary();
        foreach (var group in Groups)
        {
            dictionary.Options.Add(group.Options);
            dictionary.StateIndexRef.Add([.. group.Parameters.Select((_, place) => dictionary.State.Count + place)]);
            dictionary.State.AddRange(group.Parameters.Select(parameter => _states[parameter]));
        }
        return dictionary;
    }

    /// <summary>Takes over the options and a copy of the states of an optimizer with the same groups.</summary>
    public virtual void load_state_dict(StateDictionary state_dict)
    {
        var own = this.state_dict();
        if (own.State.Count != state_dict.State.Count || own.Options.Count != state_dict.Options.Count)
            throw new ArgumentException($"the state has {state_dict.Options.Count} groups and {state_dict.State.Count} parameters, "
                + $"the optimizer {own.Options.Count} and {own.State.Count}");
        for (var i = 0; i < own.Options.Count; i++) own.Options[i].LoadStateDict(state_dict.Options[i]);
        using var off = no_grad();
        for (var i = 0; i < own.State.Count; i++) own.State[i].LoadStateDict(state_dict.State[i]);
    }

    public void to(Device device)
    {
        foreach (var state in _states.Values) state.to(device);
    }

    protected Tensor _step<T>(Action<T> body, Func<Tensor> loss_closure = null) where T : ParamGroup
    {
        Tensor loss = null;
        if (loss_closure is not null)
            using (enable_grad())
                loss = loss_closure();
        using var off = no_grad();
        foreach (var group in Groups) body((T)group);
        return loss;
    }

    internal abstract OptimizerState NewState(Parameter parameter);

    /// <summary>Steps every parameter of every group that has a gradient; temporaries last for one parameter.</summary>
    internal Tensor Step<TGroup, TState>(Func<Tensor> closure, Action<TGroup, TState, Parameter, Tensor> update)
        where TGroup : ParamGroup where TState : OptimizerState =>
        _step<TGroup>(group =>
        {
            foreach (var parameter in group.Parameters)
            {
                using var scope = NewDisposeScope();
                if (parameter.grad is { } gradient) update(group, (TState)_states[parameter], parameter, gradient);
            }
        }, closure);

    internal void DisposeStates()
    {
        foreach (var state in _states.Values.OfType<IDisposable>()) state.Dispose();
        _states.Clear();
    }
}
