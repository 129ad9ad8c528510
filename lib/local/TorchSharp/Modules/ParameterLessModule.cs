using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace TorchSharp.Modules;

public interface IParameterLessModule
{
}

/// <summary>A module with nothing to train or to move.</summary>
public abstract class ParameterLessModule<T1, TResult> : Module<T1, TResult>, IParameterLessModule
{
    protected ParameterLessModule(string name) : base(name)
    {
    }

    protected override Module _to(Device device, ScalarType dtype, bool non_blocking) => this;
    protected override Module _to(DeviceType deviceType, int deviceIndex, bool non_blocking) => this;
    protected override Module _to(ScalarType dtype, bool non_blocking) => this;
    public override void register_buffer(string name, Tensor tensor, bool persistent = true) => throw Refused("buffer");
    public override void register_module(string name, Module submodule) => throw Refused("submodule");
    public override void register_parameter(string name, Parameter param) => throw Refused("parameter");

    private InvalidOperationException Refused(string what) => new($"{GetName()} takes no {what}.");
}
