namespace PeftLabs.Plotting;

/// <summary>A part of a whole in a <see cref="FlameGraph"/>, and what it is made of.</summary>
/// <param name="Name">What it is called.</param>
/// <param name="Size">How much it is, those within included.</param>
/// <param name="Color">Its colour.</param>
/// <param name="Detail">What hovering tells of it.</param>
public sealed record FlameNode(string Name, double Size, string Color, string Detail)
{
    /// <summary>Other labels, the better ones first, for where the name is too long; a label may have lines.</summary>
    public IReadOnlyList<string> ShortNames { get; init; } = [];

    /// <summary>What it is made of, from the left; together no more than it. What is left over is its own.</summary>
    public IReadOnlyList<FlameNode> Children { get; init; } = [];
}
