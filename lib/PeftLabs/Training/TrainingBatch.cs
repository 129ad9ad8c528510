using static TorchSharp.torch;

namespace PeftLabs.Training;

/// <summary>Token ids and labels, both int64 <c>[batch, tokens]</c>; a label of −100 is left out of the loss.</summary>
public sealed class TrainingBatch : IDisposable
{
    /// <summary>The label of a token that is no target: a prompt's, or padding.</summary>
    public const long Ignored = -100;

    /// <summary>Takes over two tensors of the same shape.</summary>
    /// <exception cref="ArgumentException">The shapes differ, or are not two-dimensional.</exception>
    public TrainingBatch(Tensor ids, Tensor labels)
    {
        if (ids.dim() != 2 || !ids.shape.SequenceEqual(labels.shape))
            throw new ArgumentException($"Ids are [{string.Join(", ", ids.shape)}], labels [{string.Join(", ", labels.shape)}]; both must be [batch, tokens].");
        (Ids, Labels) = (ids, labels);
    }

    /// <summary>The input.</summary>
    public Tensor Ids { get; }

    /// <summary>What is to be predicted: at each place the token that stands there; the loss shifts it by one.</summary>
    public Tensor Labels { get; }

    /// <summary>Tokens, padding among them.</summary>
    public long Tokens => Ids.numel();

    /// <inheritdoc/>
    public void Dispose()
    {
        Ids.Dispose();
        Labels.Dispose();
    }
}
