using PeftLabs.Quantization.Cpu;
using PeftLabs.Training.Optimizers.Cpu;
using static TorchSharp.torch;
using Parameter = TorchSharp.Modules.Parameter;

namespace PeftLabs.Training.Optimizers;

/// <summary>A rule in which a value's step depends on nothing but that value's gradient and state, or its block's.</summary>
internal abstract unsafe class ElementwiseOptimizer(IReadOnlyList<(string Name, Parameter Parameter)> parameters, TrainingOptions options)
    : Optimizer(parameters, options)
{
    private protected override void Move(ParameterStep step)
    {
        if (UsesKernels(step))
            MoveByKernels(step);
        else
            for (var first = 0L; first < step.Parameter.numel(); first += ChunkValues)
                MoveChunk(step, first, Math.Min(ChunkValues, step.Parameter.numel() - first));
    }

    /// <summary>The numbers that all values share in this step.</summary>
    private protected abstract MoveConstants Constants(double rate);

    /// <summary>Moves <paramref name="count"/> values p by their gradients g; the state's pointers stand at the first of them.</summary>
    private protected abstract void Move(in MoveConstants constants, float* p, float* g, byte*[] state, nint count);

    /// <summary>The same of float32 tensors, in place; the state's are chunks of its own.</summary>
    private protected abstract void Move(double rate, Tensor p, Tensor g, Tensor[] state);

    private void MoveByKernels(ParameterStep step)
    {
        var p = (float*)ResidentState.Pointer(step.Parameter);
        var g = (float*)ResidentState.Pointer(step.Gradient);
        var values = step.Parameter.numel();
        var constants = Constants(step.Rate);
        var hosts = new byte*[step.State.Length];
        for (var i = 0; i < hosts.Length; i++)
            hosts[i] = step.State[i].Host;
        // Ranges are whole blocks, so that 8-bit state is split between its scales.
        Partition.Run(Blocks(values), 1, StateLayout.BlockSize, Environment.ProcessorCount, (start, end) =>
        {
            var first = start * StateLayout.BlockSize;
            var state = new byte*[hosts.Length];
            for (var i = 0; i < state.Length; i++)
                state[i] = hosts[i] + first / step.State[i].Spec.Block * step.State[i].Spec.ElementBytes;
            Move(constants, p + first, g + first, state, (nint)(Math.Min(values, end * StateLayout.BlockSize) - first));
        });
    }

    private void MoveChunk(ParameterStep step, long first, long count)
    {
        using var scope = NewDisposeScope();
        var gradient = step.Gradient.view(-1).narrow(0, first, count).to(ScalarType.Float32);
        var state = step.State.Select(s => s.Read(first / s.Spec.Block, Chunk(count, s))).ToArray();
        ParameterStep.Edit(step.Parameter.view(-1).narrow(0, first, count), p => Move(step.Rate, p, gradient, state));
        for (var i = 0; i < state.Length; i++)
            step.State[i].Write(first / step.State[i].Spec.Block, state[i]);
    }

    private static long Blocks(long values) => (values + StateLayout.BlockSize - 1) / StateLayout.BlockSize;

    private static long Chunk(long count, StateBuffer buffer) => (count + buffer.Spec.Block - 1) / buffer.Spec.Block;
}
