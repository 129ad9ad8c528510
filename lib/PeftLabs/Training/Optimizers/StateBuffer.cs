using static TorchSharp.torch;

namespace PeftLabs.Training.Optimizers;

/// <summary>One tensor of state, wherever it lies.</summary>
internal abstract unsafe class StateBuffer(StateSpec spec) : IDisposable
{
    public StateSpec Spec { get; } = spec;

    /// <summary>Its first byte, where the processor can reach it; else null.</summary>
    public abstract byte* Host { get; }

    /// <summary>Elements from <paramref name="first"/> on, flat and on the parameter's device; changes need <see cref="Write"/>.</summary>
    public abstract Tensor Read(long first, long count);

    /// <summary>Keeps what became of elements that were read.</summary>
    public abstract void Write(long first, Tensor values);

    /// <summary>All of it in its shape, the caller's to dispose; it may share memory with the state.</summary>
    public abstract Tensor Export();

    /// <summary>Takes the values of a tensor of the same type and shape on any device.</summary>
    public abstract void Import(Tensor values);

    /// <summary>Says that it is not needed until the next step.</summary>
    public abstract void Rest();

    /// <inheritdoc/>
    public abstract void Dispose();
}
