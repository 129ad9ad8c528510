namespace PeftLabs.Tokenization;

/// <summary>
/// Turns ids into text one at a time, as a model generates them. What it gives, put together, is what <c>Decode</c> gives for all ids,
/// with one exception: of a run of byte tokens (byte fallback) that as a whole is no UTF-8, it keeps the characters that were complete.
/// </summary>
public sealed class StreamingDecoder
{
    private readonly Vocabulary _vocabulary;
    private readonly bool _skipSpecialTokens;
    private readonly TextStage _text = new();
    private readonly DecoderStage _first;
    private bool _finished;

    internal StreamingDecoder(Vocabulary vocabulary, DecoderFactory decoder, bool skipSpecialTokens, bool eager)
    {
        (_vocabulary, _skipSpecialTokens) = (vocabulary, skipSpecialTokens);
        _first = decoder(_text, eager);
    }

    /// <summary>Whether ids were added whose text is not complete: a part of a character, for one.</summary>
    public bool IsPending => _first.IsPending;

    /// <summary>Adds an id; an unknown one counts as nothing.</summary>
    /// <returns>The text that is complete now and was not before; often one token's, empty inside a character.</returns>
    /// <exception cref="InvalidOperationException"><see cref="Finish"/> has been called.</exception>
    public string Add(int id)
    {
        Push(id);
        return _text.Take();
    }

    /// <summary>Says that no id follows.</summary>
    /// <returns>What was held back; bytes that never became a character are U+FFFD.</returns>
    /// <exception cref="InvalidOperationException">It has been called before.</exception>
    public string Finish()
    {
        ThrowIfFinished();
        _finished = true;
        _first.Finish();
        return _text.Take();
    }

    internal void Push(int id)
    {
        ThrowIfFinished();
        if (_vocabulary.Token(id) is { } token && !(_skipSpecialTokens && _vocabulary.IsSpecial(id)))
            _first.Push(token, starts: true, ends: true);
    }

    private void ThrowIfFinished()
    {
        if (_finished)
            throw new InvalidOperationException("The decoder is finished: make a new one for another text.");
    }
}
