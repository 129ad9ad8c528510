using PeftLabs.Memory;

namespace PeftLabs.Planning;

/// <summary>A kind of bytes: its name, its category, and where it comes from.</summary>
/// <param name="name">What they are.</param>
/// <param name="category">The category that the meter counts them in.</param>
/// <param name="source">The part of the kit that holds them, and the paper that it follows.</param>
/// <param name="isExplicit">Whether the code says the category itself; otherwise it follows from how long the bytes live.</param>
internal sealed class PlanTerm(string name, MemoryCategory category, string source, bool isExplicit = false)
{
    private readonly PlanTerm?[] _others = new PlanTerm?[Enum.GetValues<MemoryCategory>().Length];

    public string Name => name;

    public MemoryCategory Category => category;

    public string Source => source;

    public bool IsExplicit => isExplicit;

    /// <summary>Whether what is kept of it for backward goes by another name.</summary>
    public bool IsTemporary { get; private init; } = category == MemoryCategory.Workspace && !isExplicit;

    /// <summary>The same bytes where the code around them says another category; what says its own keeps that.</summary>
    public PlanTerm As(MemoryCategory other) => isExplicit || other == category ? this
        : _others[(int)other] ??= new(name, other, source, isExplicit: true) { IsTemporary = IsTemporary };
}
