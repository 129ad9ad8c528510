using PeftLabs.Memory.Profiling;
using PeftLabs.Models.Generation;
using PeftLabs.Quantization;
using TorchSharp;
using static TorchSharp.torch;

namespace PeftLabs.Models;

// From ids to logits.
public sealed partial class CausalLM
{
    /// <summary>Token ids <c>[batch, tokens]</c> to logits <c>[batch, tokens, vocabulary]</c>; the caller owns them.</summary>
    public override Tensor forward(Tensor ids)
    {
        using var hidden = Hidden(ids);
        return Logits(hidden);
    }

    /// <summary>What the head sees, <c>[…, hidden]</c>, to logits <c>[…, vocabulary]</c>, capped where the family caps them; the caller owns them.</summary>
    public Tensor Logits(Tensor hidden)
    {
        var logits = Head.forward(hidden);
        return Config.LogitSoftCap is { } cap ? SoftCapFunction.Apply(logits, cap) : logits;
    }

    /// <summary>
    /// Token ids <c>[batch, tokens]</c> to what the head sees, <c>[batch, tokens, hidden]</c>; the caller owns it. With a layout
    /// the documents packed into a row do not see each other. With a cache the ids, of one row, follow those that it has seen, and no
    /// gradient is recorded.
    /// </summary>
    /// <exception cref="ArgumentException">The layout is of another shape than the ids, or comes with a cache; or there is a cache, and
    /// not one row.</exception>
    public Tensor Hidden(Tensor ids, SequenceLayout? layout = null, KeyValueCache? cache = null)
    {
        if (layout is not null && cache is not null)
            throw new ArgumentException(
                "There are both a layout and a cache, and a cache holds one document alone: give a layout without a cache, or a cache without "
                + "a layout.", nameof(layout));
        return cache is null ? Hidden(ids, layout, caches: null) : Hidden(ids, [cache]);
    }

    /// <summary>
    /// Token ids <c>[batch, tokens]</c>, each row following what its own cache has seen, which may be more in one than in another, to
    /// <c>[batch, tokens, hidden]</c>; the caller owns it. No gradient is recorded.
    /// </summary>
    /// <exception cref="ArgumentException">There are not as many caches as rows.</exception>
    public Tensor Hidden(Tensor ids, IReadOnlyList<KeyValueCache> caches)
    {
        if (caches.Count != ids.shape[0])
            throw new ArgumentException(
                $"{caches.Count} caches do not fit ids [{string.Join(", ", ids.shape)}]: each row needs one.", nameof(caches));
        using var _ = no_grad();
        return DecodeStep.Takes(this, ids) ? DecodeStep.Run(this, ids, caches) : Hidden(ids, null, caches);
    }

    private Tensor Hidden(Tensor ids, SequenceLayout? layout, IReadOnlyList<KeyValueCache>? caches)
    {
        using var scope = NewDisposeScope();
        using var rotation = caches is null ? RotationOf(ids, layout) : RotationOf(ids, caches);
        var x = Embed(ids, layout, caches);
        if (is_grad_enabled())
            _passes?.Begin(ids.numel());
        foreach (var (index, block) in Blocks.Index())
        {
            using var profile = ProfileScope.Group("block", block.Index);
            var next = block.forward(x, rotation, caches is null ? null : [.. caches.Select(c => c[index])]);
            BlockSeen?.Invoke(block, x, rotation, next);
            x.Dispose();
            x = next;
        }
        return FinalNorm.forward(x).MoveToOuterDisposeScope();
    }

    /// <summary>Forgets what a forward pass kept that never came to backward.</summary>
    internal void ForgetActivations() => _passes?.Clear();

    /// <summary>The angles of rows that follow what their caches have seen.</summary>
    /// <exception cref="GenerationException">A text grows from the family's short wavelengths into its long ones.</exception>
    internal Rotation RotationOf(Tensor ids, IReadOnlyList<KeyValueCache> caches)
    {
        if (Config.Rotary.LongScaling is { } scaling
            && caches.FirstOrDefault(c => c.Length > 0 && c.Length <= scaling.OriginalPositions && c.Length + ids.shape[1] > scaling.OriginalPositions) is { } grown)
            throw new GenerationException($"{Config.Family.ModelType} turns texts of up to {scaling.OriginalPositions} tokens otherwise than longer "
                + $"ones, and a text of {grown.Length} tokens would become {grown.Length + ids.shape[1]}: begin anew with all of it as the prompt.");
        return new(Config.Rotary, Config.HeadSize, [.. caches.Select(c => c.Length)], ids.shape[1], Device);
    }

    private Rotation RotationOf(Tensor ids, SequenceLayout? layout)
    {
        using var profile = ProfileScope.Operator("rotation");
        if (layout is null)
            return new Rotation(Config.Rotary, Config.HeadSize, 0, ids.shape[1], Device);
        if (layout.Batch != ids.shape[0] || layout.Tokens != ids.shape[1])
            throw new ArgumentException(
                $"A layout of {layout.Batch} × {layout.Tokens} tokens does not fit ids [{string.Join(", ", ids.shape)}].", nameof(layout));
        return new Rotation(Config.Rotary, Config.HeadSize, layout, Device);
    }

    /// <summary>
    /// Token ids <c>[batch, tokens]</c>, where they lie or what they follow, to what the first block sees, <c>[batch, tokens, hidden]</c>; the
    /// caller owns it.
    /// </summary>
    /// <exception cref="ArgumentException">Positions are learned, and there are more tokens than positions.</exception>
    internal Tensor Embed(Tensor ids, SequenceLayout? layout, IReadOnlyList<KeyValueCache>? caches)
    {
        using var profile = ProfileScope.Within(EmbeddingScope);
        using var scope = NewDisposeScope();
        var rows = Rows(Embedding, ids.reshape(-1));
        if (Config.EmbeddingScale != 1)
            rows = rows.mul_(Config.EmbeddingScale);
        if (Positions is not null)
            rows = rows.add_(Rows(Positions, PositionIds.Of(Config, ids, layout, caches).to(Device)));
        return rows.view(ids.shape[0], ids.shape[1], Config.HiddenSize).MoveToOuterDisposeScope();
    }

    private static Tensor Rows(StoredWeight matrix, Tensor indices) => matrix is DenseWeight { Parameter.requires_grad: true } dense
        ? dense.Parameter.index_select(0, indices)
        : matrix.DecodeRows(indices);
}
