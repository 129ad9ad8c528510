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
internal sealed unsafe partial class DecodeStep
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
        ids.numel() <= FewTokens.Most && ElementWise.KernelsFor(ids) is not null
        && model.Projections.Values.All(p => p.Weight is TiledWeight { ReadsInRegisters: true } && p.DropoutMask is null);

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
            // Of parallel halves both read what the block begins with.
            if (block.IsParallel)
                step.Norm(block.FeedForwardNorm, step._x, buffers.Second);
            step.Attend(block, rotation, [.. caches.Select(c => c[index])]);
            if (!block.IsParallel)
                step.Norm(block.FeedForwardNorm, step._x, buffers.Normed);
            step.Feed(block, block.IsParallel ? buffers.Second : buffers.Normed);
        }
        step.Norm(model.FinalNorm, step._x, step._x);
        return x.MoveToOuterDisposeScope();
    }

    // x += attention(norm(x))
    private void Attend(DecoderBlock block, Rotation rotation, LayerCache[] caches)
    {
        var attention = block.Attention;
        Norm(block.AttentionNorm, _x, _buffers.Normed);
        Heads(attention, rotation);
        StepAttention.Run(_config, attention.Pattern, caches, _buffers, _rows);
        Add(attention.Output, _buffers.Attended, block.AttentionPostNorm);
    }

    // x += down(activation of what the norm gives)
    private void Feed(DecoderBlock block, float* normed)
    {
        Inner(block.FeedForward, normed);
        Add(block.FeedForward.Down, _buffers.Gate, block.FeedForwardPostNorm);
    }

    private void Add(Projection projection, float* input, Norm? postNorm)
    {
        StepProducts.Run(_buffers, input, _rows, (projection, (nint)_buffers.Normed));
        if (postNorm is not null)
            Norm(postNorm, _buffers.Normed, _buffers.Normed);
        StepProducts.AddScaled(_buffers.Normed, (nint)_rows * _config.HiddenSize, 1, _x);
    }

    private void Norm(Norm norm, float* x, float* y) => Norm(norm, x, y, _rows, _config.HiddenSize);

    // y may be x.
    private void Norm(Norm norm, float* x, float* y, int rows, int size)
    {
        var weight = norm.Weight.Pointer<float>();
        if (norm.Kind == NormKind.RootMeanSquarePlusOne)
        {
            for (var i = 0; i < size; i++)
                _buffers.Scale[i] = weight[i] + 1;
            weight = _buffers.Scale;
        }
        if (norm.Kind == NormKind.Layer)
            _kernels.Center(KeptValues.Of(x), rows, size, y);
        _kernels.RmsNorm(norm.Kind == NormKind.Layer ? y : x, weight, rows, size, (float)norm.Epsilon, y, _buffers.Inverse);
        if (norm.Bias is { } bias)
            for (var row = 0; row < rows; row++)
                StepProducts.AddScaled(bias.Pointer<float>(), size, 1, y + row * size);
    }
}
