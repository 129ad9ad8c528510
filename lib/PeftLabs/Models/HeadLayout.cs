namespace PeftLabs.Models;

/// <summary>Where queries, keys and values lie in a row of the projection that is all of them.</summary>
/// <param name="Heads">Query heads.</param>
/// <param name="KeyValueHeads">Key heads, and value heads.</param>
/// <param name="Size">Features of a head.</param>
/// <param name="Order">In which order they come.</param>
internal sealed record HeadLayout(int Heads, int KeyValueHeads, int Size, FusedHeads Order)
{
    /// <summary>Features of a row.</summary>
    public int Width => (Heads + 2 * KeyValueHeads) * Size;

    /// <summary>Queries, keys and values: how many heads, where the first one begins, and how far it is from one to the next.</summary>
    public (int Heads, int First, int Stride)[] Parts => Order == FusedHeads.Interleaved
        ? [(Heads, 0, 3 * Size), (Heads, Size, 3 * Size), (Heads, 2 * Size, 3 * Size)]
        : [(Heads, 0, Size), (KeyValueHeads, Heads * Size, Size), (KeyValueHeads, (Heads + KeyValueHeads) * Size, Size)];
}
