using PeftLabs.Training.Optimizers.Cpu;
using static TorchSharp.torch;
using Parameter = TorchSharp.Modules.Parameter;

namespace PeftLabs.Training.Optimizers;

/// <summary>
/// AdamW with both moments in dynamically quantized bytes (arXiv 2110.02861), as bitsandbytes keeps them: blocks of 256 values with a
/// float32 scale, the signed map for the mean and the unsigned one for the square, each value at its nearest level. A step is computed
/// from the moments before they are rounded. Parameters of fewer than 4096 values have theirs in 32 bits. The weights decay before the
/// step, as PyTorch has it.
/// </summary>
internal sealed unsafe class AdamW8Bit(IReadOnlyList<(string Name, Parameter Parameter)> parameters, TrainingOptions options)
    : ElementwiseOptimizer(parameters, options)
{
    private protected override MoveConstants Constants(double rate) => AdamW.Constants(Options, Steps, rate);

    private protected override void Move(in MoveConstants constants, float* p, float* g, byte*[] state, nint count)
    {
        if (state.Length == 2)
            Kernels.AdamW(constants, p, g, (float*)state[0], (float*)state[1], count);
        else
            Kernels.AdamW8(constants, p, g, new(state[0], (float*)state[1]), new(state[2], (float*)state[3]), count);
    }

    private protected override void Move(double rate, Tensor p, Tensor g, Tensor[] state)
    {
        if (state.Length == 2)
        {
            AdamW.Move(Options, Steps, rate, p, g, state[0], state[1]);
            return;
        }
        var mean = DynamicOperators.Decode(DynamicRounding.Signed, state[0], state[1]);
        var square = DynamicOperators.Decode(DynamicRounding.Unsigned, state[2], state[3]);
        AdamW.Move(Options, Steps, rate, p, g, mean, square);
        DynamicOperators.Encode(DynamicRounding.Signed, mean, state[0], state[1]);
        DynamicOperators.Encode(DynamicRounding.Unsigned, square, state[2], state[3]);
    }
}
