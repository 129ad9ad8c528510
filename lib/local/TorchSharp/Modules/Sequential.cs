using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace TorchSharp.Modules;

/// <summary>Modules that run one after the other.</summary>
public class Sequential : Module<Tensor, Tensor>
{
    private readonly List<(string Name, Module<Tensor, Tensor> Module)> _steps = [];

    protected internal Sequential(params (string name, Module<Tensor, Tensor>)[] modules) : base(nameof(Sequential))
    {
        foreach (var (name, module) in modules) append(name, module);
    }

    protected internal Sequential(params Module<Tensor, Tensor>[] modules) : base(nameof(Sequential))
    {
        foreach (var module in modules) append(module);
    }

    public int Count => _steps.Count;

    public IModule<Tensor, Tensor> this[int index] => _steps[index].Module;

    public Sequential append(IModule<Tensor, Tensor> module) => append(_steps.Count.ToString(), module);

    public Sequential append(string name, IModule<Tensor, Tensor> module)
    {
        var step = (Module<Tensor, Tensor>)module;
        register_module(name, step);
        _steps.Add((name, step));
        return this;
    }

    /// <summary>Disposes what each step but the last gives, once the next has read it.</summary>
    public override Tensor forward(Tensor tensor)
    {
        if (_steps.Count == 0) return tensor.alias();
        using var scope = NewDisposeScope();
        var result = tensor;
        foreach (var (_, step) in _steps) result = step.call(result);
        return result.MoveToOuterDisposeScope();
    }
}
