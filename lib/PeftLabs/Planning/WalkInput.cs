using PeftLabs.Models;

namespace PeftLabs.Planning;

/// <summary>An input that several projections take, kept for backward once, as <see cref="SharedInput"/> does it.</summary>
internal sealed class WalkInput(MemoryWalk walk, WalkValue value, PlanSymbol tokens, ActivationType type) : IDisposable
{
    private WalkBlock? _kept;

    /// <summary>The input.</summary>
    public WalkValue Value => value;

    /// <summary>Its rows.</summary>
    public PlanSymbol Tokens => tokens;

    /// <summary>What is kept of it, held for the caller.</summary>
    public WalkBlock Keep(PlanTerm term)
    {
        if (type == ActivationType.Float32)
            return walk.Keep(value.Block, term);
        _kept ??= walk.Detach(walk.New(term, value.Block.Size.Halved));
        return walk.Hold(_kept);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_kept is not null)
            walk.Release(_kept);
    }
}
