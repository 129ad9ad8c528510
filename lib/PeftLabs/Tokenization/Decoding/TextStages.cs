using System.Text;

namespace PeftLabs.Tokenization;

/// <summary>Makes one token of all.</summary>
internal sealed class FuseStage(DecoderStage next) : DecoderStage(next)
{
    private bool _started;

    public override void Push(ReadOnlySpan<char> text, bool starts, bool ends)
    {
        Next.Push(text, !_started, ends: false);
        _started = true;
    }

    public override void Finish()
    {
        Next.Push("", !_started, ends: true);
        base.Finish();
    }
}

/// <summary>Replaces a pattern in each token.</summary>
internal sealed class ReplaceStage(DecoderStage next, ReplaceNormalizer replace) : WholeTokenStage(next)
{
    protected override void Token(ReadOnlySpan<char> token) => Next.Push(replace.Normalize(token.ToString()), starts: true, ends: true);
}

/// <summary>Replaces one character in each token, which needs no whole ones.</summary>
internal sealed class ReplaceCharacterStage(DecoderStage next, char character, string content) : DecoderStage(next)
{
    public override void Push(ReadOnlySpan<char> text, bool starts, bool ends) =>
        Next.Push(text.ToString().Replace(character.ToString(), content, StringComparison.Ordinal), starts, ends);
}

/// <summary>Takes up to so many of a character off each token's start.</summary>
internal sealed class StripStartStage(DecoderStage next, char character, int count) : DecoderStage(next)
{
    private int _left;

    public override void Push(ReadOnlySpan<char> text, bool starts, bool ends)
    {
        if (starts)
            _left = count;
        while (_left > 0 && text.Length > 0)
        {
            _left = text[0] == character ? _left - 1 : 0;
            if (text[0] != character)
                break;
            text = text[1..];
        }
        Next.Push(text, starts, ends);
    }
}

/// <summary>Takes a space off the start of each token, up to the first of which something is left.</summary>
internal sealed class LeadingSpacesStage(DecoderStage next) : WholeTokenStage(next)
{
    private bool _started;

    protected override void Token(ReadOnlySpan<char> token)
    {
        if (!_started && token.StartsWith(' '))
            token = token[1..];
        _started |= token.Length > 0;
        Next.Push(token, starts: true, ends: true);
    }
}

/// <summary>Takes up to so many of a character off each token's end.</summary>
internal sealed class StripEndStage(DecoderStage next, char character, int count) : WholeTokenStage(next)
{
    protected override void Token(ReadOnlySpan<char> token)
    {
        for (var i = 0; i < count && token.EndsWith(character); i++)
            token = token[..^1];
        Next.Push(token, starts: true, ends: true);
    }
}

/// <summary>Metaspace's mark back to a space; the first token's marks go, unless nothing was prepended.</summary>
internal sealed class MetaspaceStage(DecoderStage next, char mark, bool prepended) : DecoderStage(next)
{
    private bool _inFirst = true;

    public override void Push(ReadOnlySpan<char> text, bool starts, bool ends)
    {
        Next.Push(text.ToString().Replace(mark.ToString(), _inFirst && prepended ? "" : " ", StringComparison.Ordinal), starts, ends);
        _inFirst &= !ends;
    }
}

/// <summary>A file without a decoder: tokens with a space between them.</summary>
internal sealed class SpacedStage(DecoderStage next) : DecoderStage(next)
{
    private bool _started;

    public override void Push(ReadOnlySpan<char> text, bool starts, bool ends)
    {
        if (starts && _started)
            Next.Push(" ", starts: true, ends: true);
        _started = true;
        Next.Push(text, starts, ends);
    }
}

/// <summary>
/// Tokens that continue a word lose their prefix, others get a space before them; with clean-up, English spacing around signs.
/// </summary>
internal sealed class WordPieceStage(DecoderStage next, string prefix, bool cleanUp) : WholeTokenStage(next)
{
    private static readonly (string From, string To)[] _spacing =
    [
        (" .", "."), (" ?", "?"), (" !", "!"), (" ,", ","), (" ' ", "'"), (" n't", "n't"), (" 'm", "'m"), (" do not", " don't"),
        (" 's", "'s"), (" 've", "'ve"), (" 're", "'re"),
    ];

    private bool _started;

    protected override void Token(ReadOnlySpan<char> token)
    {
        var text = !_started ? token.ToString() : token.StartsWith(prefix) ? token[prefix.Length..].ToString() : $" {token}";
        _started = true;
        foreach (var (from, to) in cleanUp ? _spacing : [])
            text = text.Replace(from, to, StringComparison.Ordinal);
        Next.Push(text, starts: true, ends: true);
    }
}

/// <summary>A word's end mark becomes a space, at the last token nothing: so one token is held back.</summary>
internal sealed class WordEndStage(DecoderStage next, string suffix) : WholeTokenStage(next)
{
    private string? _held;

    protected override bool Holds => base.Holds || _held is not null;

    public override void Finish()
    {
        Hand("");
        base.Finish();
    }

    protected override void Token(ReadOnlySpan<char> token)
    {
        Hand(" ");
        _held = token.ToString();
    }

    private void Hand(string end)
    {
        if (_held is not null)
            Next.Push(_held.Replace(suffix, end, StringComparison.Ordinal), starts: true, ends: true);
        _held = null;
    }
}
