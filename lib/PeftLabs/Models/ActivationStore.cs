using PeftLabs.Memory;
using PeftLabs.Memory.Profiling;
using TorchSharp;
using static TorchSharp.torch;

namespace PeftLabs.Models;

/// <summary>
/// Where the inputs of recomputed parts wait between forward and backward. They are taken in the reverse order of that in which they
/// were put in; what is left of a pass that never came to backward goes with <see cref="Clear"/>.
/// </summary>
internal abstract class ActivationStore : IDisposable
{
    private readonly ActivationType _type;
    private int _count;

    private protected ActivationStore(ActivationType type) => _type = type;

    /// <summary>The store that some execution asks for.</summary>
    /// <exception cref="ArgumentException">Offload to host memory of a model that is there already.</exception>
    public static ActivationStore Create(ModelExecution execution, Device device) => execution.Offload switch
    {
        ActivationOffload.None => new MemoryActivationStore(execution.SavedActivations),
        ActivationOffload.Host when device.type == DeviceType.CPU => throw new ArgumentException(
            "Offload is Host, and the model is in host memory already: nothing would be saved. Use File, or a model on a GPU."),
        ActivationOffload.Host => new HostActivationStore(execution.SavedActivations),
        _ => new FileActivationStore(execution.SavedActivations),
    };

    /// <summary>Puts in an activation; the caller keeps its own reference.</summary>
    public StoredActivation Put(Tensor x)
    {
        using var profile = ProfileScope.Operator("checkpoint store");
        using var _ = no_grad();
        using var scope = NewDisposeScope();
        using var category = MemoryMeter.Category(MemoryCategory.Activations);
        var packed = SavedActivation.Pack(x.detach(), _type);
        Put(_count, packed);
        return new StoredActivation(this, _count++);
    }

    /// <summary>Takes one out; the caller owns it.</summary>
    public Tensor Take(int index)
    {
        using var profile = ProfileScope.Operator("checkpoint store");
        using var _ = no_grad();
        using var scope = NewDisposeScope();
        using var category = MemoryMeter.Category(MemoryCategory.Activations);
        return SavedActivation.Unpack(Fetch(index)).MoveToOuterDisposeScope();
    }

    /// <summary>Forgets whatever is left.</summary>
    public void Clear()
    {
        Forget();
        _count = 0;
    }

    /// <inheritdoc/>
    public virtual void Dispose() => Forget();

    /// <summary>Keeps the values of a tensor that belongs to the running dispose scope.</summary>
    private protected abstract void Put(int index, Tensor packed);

    /// <summary>Gives them back, in the running dispose scope, and forgets them.</summary>
    private protected abstract Tensor Fetch(int index);

    private protected abstract void Forget();
}
