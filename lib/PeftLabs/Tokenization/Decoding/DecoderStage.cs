using System.Text;

namespace PeftLabs.Tokenization;

/// <summary>
/// A decoder of tokenizer.json as a stage that tokens flow through: it takes a token's text in one chunk or several and hands on what it
/// makes of it as soon as it can. Decoding all ids and decoding one by one are the same flow.
/// </summary>
internal abstract class DecoderStage(DecoderStage? next)
{
    protected DecoderStage Next => next!;

    /// <summary>Whether this stage or one after it holds back anything.</summary>
    public bool IsPending => Holds || (next?.IsPending ?? false);

    protected virtual bool Holds => false;

    /// <param name="text">A token's text, or a part of it.</param>
    /// <param name="starts">The part is the token's first.</param>
    /// <param name="ends">The part is the token's last.</param>
    public abstract void Push(ReadOnlySpan<char> text, bool starts, bool ends);

    /// <summary>No more tokens come: hand on what is held back.</summary>
    public virtual void Finish() => next?.Finish();
}

/// <summary>The end of the flow: the text.</summary>
internal sealed class TextStage() : DecoderStage(null)
{
    private readonly StringBuilder _text = new();

    public override void Push(ReadOnlySpan<char> text, bool starts, bool ends) => _text.Append(text);

    public string Take()
    {
        var text = _text.ToString();
        _text.Clear();
        return text;
    }
}

/// <summary>A stage that looks at tokens as wholes.</summary>
internal abstract class WholeTokenStage(DecoderStage next) : DecoderStage(next)
{
    private readonly StringBuilder _token = new();

    protected override bool Holds => _token.Length > 0;

    public override void Push(ReadOnlySpan<char> text, bool starts, bool ends)
    {
        if (starts && ends)
        {
            Token(text);
            return;
        }
        _token.Append(text);
        if (!ends)
            return;
        var token = _token.ToString();
        _token.Clear();
        Token(token);
    }

    protected abstract void Token(ReadOnlySpan<char> token);
}
