namespace PeftLabs.Training;

/// <summary>A batch before it is made: which examples stand in which row.</summary>
/// <param name="Epoch">The pass over the examples in which its first example comes, from 0.</param>
/// <param name="Rows">The rows, each the indices of its examples from left to right.</param>
/// <param name="Width">Tokens of every row, padding among them.</param>
/// <param name="PaddingTokens">Tokens that fill the rows up.</param>
public sealed record PlannedBatch(long Epoch, IReadOnlyList<IReadOnlyList<int>> Rows, long Width, long PaddingTokens)
{
    /// <summary>Tokens, padding among them.</summary>
    public long Tokens => Rows.Count * Width;

    /// <summary>Its examples, row by row.</summary>
    public IEnumerable<int> Examples => Rows.SelectMany(row => row);
}
