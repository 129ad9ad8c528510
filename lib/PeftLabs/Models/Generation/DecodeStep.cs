using PeftLabs.Models.Cpu;
using PeftLabs.Quantization;
using TorchSharp;
using static TorchSharp.torch;

namespace PeftLabs.Models.Generation;

/// <summary>
/// A pass of a few tokens behind what caches hold, over one buffer in host memory: what the model's modules compute, without their
/// tensors. While text is generated, matrices are read for one token; nothing else may take as long. A row's result is the same to the
/// last bit alone and among others.
/// </summary>
internal sealed unsafe class DecodeStep
{
    private readonly ModelConfig _config;
    private readonly ElementKernels _kernels;
    private readonly StepBuffers _buffers;
    private readonly int _rows;
    private readonly float* _x;

    private DecodeStep(ModelConfig config, ElementKernels kernels, StepBuffers buffers, Tensor x)
    {
        (_config, _kernels, _buffers, _rows) = (config, kernels, buffers, (int)(x.shape[0] * x.shape[1]));
        _x = x.Pointer<float>();
    }

    /// <summary>Whether it does a pass of ids <c>[batch, tokens]</c>: few tokens, weights that are read in host memory, nothing dropped.</summary>
    public static bool Takes(CausalLM model, Tensor ids) =>
        IsKnown(model.Config) && ids.numel() <= FewTokens.Most && ElementWise.KernelsFor(ids) is not null
        && model.Projections.Values.All(p => p.Weight is TiledWeight { ReadsInRegisters: true } && p.DropoutMask is null);

    // Llama's block, with whatever names.
    private static bool IsKnown(ModelConfig config) => config is
    {
        Family: { Norm: NormKind.RootMeanSquare, IsGated: true, QueryKeyValue: null, GateUp: null, QueryNorm: null, KeyNorm: null },
        Activation: Activation.Silu, Window: null, AttentionScale: null, IsParallel: false,
    } && config.Family is { AttentionPostNorm: null, FeedForwardPostNorm: null };

    /// <summary>As <see cref="CausalLM.Hidden(Tensor, IReadOnlyList{KeyValueCache})"/>.</summary>
    public static Tensor Run(CausalLM model, Tensor ids, IReadOnlyList<KeyValueCache> caches)
    {
        using var scope = NewDisposeScope();
        using var rotation = model.RotationOf(ids, caches);
        var x = model.Embed(ids, null, caches);
        using var buffers = new StepBuffers(model, (int)ids.numel());
        var step = new DecodeStep(model.Config, ElementWise.KernelsFor(x)!, buffers, x);
        foreach (var (index, block) in model.Blocks.Index())
        {
            step.Attend(block, rotation, [.. caches.Select(c => c[index])]);
            step.Feed(block);
        }
        step.Norm(model.FinalNorm, step._x, step._x);
        return x.MoveToOuterDisposeScope();
    }

    // x += attention(norm(x))
    private void Attend(DecoderBlock block, Rotation rotation, LayerCache[] caches)
    {
        var attention = block.Attention;
        Norm(block.AttentionNorm, _x, _buffers.Normed);
        StepProducts.Run(_buffers, _buffers.Normed, _rows,
            (attention.Query, (nint)_buffers.Query), (attention.Key, (nint)_buffers.Key), (attention.Value, (nint)_buffers.Value));
        Rotate(_buffers.Query, _config.Heads, rotation);
        Rotate(_buffers.Key, _config.KeyValueHeads, rotation);
        StepAttention.Run(_config, caches, _buffers, _rows);
        StepProducts.Run(_buffers, _buffers.Attended, _rows, (attention.Output, (nint)_buffers.Normed));
        StepProducts.AddScaled(_buffers.Normed, (nint)_rows * _config.HiddenSize, 1, _x);
    }

    // x += down(silu(gate(norm(x)))·up(norm(x)))
    private void Feed(DecoderBlock block)
    {
        var feed = block.FeedForward;
        Norm(block.FeedForwardNorm, _x, _buffers.Normed);
        StepProducts.Run(_buffers, _buffers.Normed, _rows, (feed.Gate, (nint)_buffers.Gate), (feed.Up, (nint)_buffers.Up));
        _kernels.Gate(_config.Activation, KeptValues.Of(_buffers.Gate), KeptValues.Of(_buffers.Up), (nint)_rows * _config.IntermediateSize, _buffers.Gate);
        StepProducts.Run(_buffers, _buffers.Gate, _rows, (feed.Down, (nint)_buffers.Normed));
        StepProducts.AddScaled(_buffers.Normed, (nint)_rows * _config.HiddenSize, 1, _x);
    }

    private void Norm(Norm norm, float* x, float* y) => _kernels.RmsNorm(
        x, norm.Weight.Pointer<float>(), _rows, _config.HiddenSize, (float)norm.Epsilon, y, _buffers.Inverse);

    // The heads of each row by its position's angles, in place.
    private void Rotate(float* x, int heads, Rotation rotation)
    {
        var (size, half) = (_config.HeadSize, _config.HeadSize / 2);
        float* cosines = rotation.Cosines.Pointer<float>(), sines = rotation.Sines.Pointer<float>();
        for (var row = 0; row < _rows; row++, x += heads * size, cosines += half, sines += half)
            _kernels.Rotate(x, size, cosines, sines, -1, heads, half, x, size);
    }
}
