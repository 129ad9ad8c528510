using PeftLabs.Models;
using static TorchSharp.torch;

namespace PeftLabs.Training;

/// <summary>Token ids and labels, both int64 <c>[batch, tokens]</c>; a label of −100 is left out of the loss.</summary>
public sealed class TrainingBatch : IDisposable
{
    /// <summary>The label of a token that is no target: a prompt's, or padding.</summary>
    public const long Ignored = -100;

    /// <summary>Takes over two tensors of the same shape.</summary>
    /// <param name="ids">The input.</param>
    /// <param name="labels">What is to be predicted.</param>
    /// <param name="layout">Where the documents lie; null where each row is one.</param>
    /// <param name="paddingTokens">Tokens that fill rows up and teach nothing.</param>
    /// <exception cref="ArgumentException">The shapes differ, or are not two-dimensional.</exception>
    public TrainingBatch(Tensor ids, Tensor labels, SequenceLayout? layout = null, long paddingTokens = 0)
    {
        if (ids.dim() != 2 || !ids.shape.SequenceEqual(labels.shape))
            throw new ArgumentException($"Ids are [{string.Join(", ", ids.shape)}], labels [{string.Join(", ", labels.shape)}]; both must be [batch, tokens].");
        if (layout is not null && (layout.Batch != ids.shape[0] || layout.Tokens != ids.shape[1]))
            throw new ArgumentException($"A layout of {layout.Batch} × {layout.Tokens} tokens does not fit ids [{string.Join(", ", ids.shape)}].", nameof(layout));
        (Ids, Labels, Layout, PaddingTokens) = (ids, labels, layout, paddingTokens);
    }

    /// <summary>The input.</summary>
    public Tensor Ids { get; }

    /// <summary>What is to be predicted: at each place the token that stands there; the loss shifts it by one.</summary>
    public Tensor Labels { get; }

    /// <summary>Where the documents lie that do not see each other; null where each row is one.</summary>
    public SequenceLayout? Layout { get; }

    /// <summary>Tokens, padding among them.</summary>
    public long Tokens => Ids.numel();

    /// <summary>Tokens that fill rows up and teach nothing.</summary>
    public long PaddingTokens { get; }

    /// <inheritdoc/>
    public void Dispose()
    {
        Ids.Dispose();
        Labels.Dispose();
    }
}
