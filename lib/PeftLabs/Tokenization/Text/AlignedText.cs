namespace PeftLabs.Tokenization;

/// <summary>
/// A text on its way to the model, that knows where in the text as given each of its UTF-16 code units came from. Until a part
/// rewrites it, unit i came from unit <c>Origin + i</c>; after that <c>Starts</c> and <c>Ends</c> say so, where anyone asked for it.
/// </summary>
internal sealed record AlignedText(string Text, int Origin, bool Tracked, int[]? Starts = null, int[]? Ends = null)
{
    public int OriginalStart(int index) => Starts is null ? Origin + index : Starts[index];

    public int OriginalEnd(int index) => Ends is null ? Origin + index : Ends[index - 1];
}

/// <summary>A stretch of an <see cref="AlignedText"/>: what the parts of a tokenizer hand to each other.</summary>
internal readonly record struct TextPiece(AlignedText Source, int Start, int Length)
{
    public ReadOnlySpan<char> Span => Source.Text.AsSpan(Start, Length);

    public int End => Start + Length;

    /// <summary>Whether it is the beginning of the text as given, and not of a stretch after an added token.</summary>
    public bool AtTextStart => Length > 0 && Source.OriginalStart(Start) == 0;

    public TextPiece Slice(int start, int length) => this with { Start = Start + start, Length = length };
}
