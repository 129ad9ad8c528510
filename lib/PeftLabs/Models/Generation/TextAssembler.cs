using PeftLabs.Tokenization;

namespace PeftLabs.Models.Generation;

/// <summary>The text of one continuation, token by token: whole characters, cut before a stop string.</summary>
internal sealed class TextAssembler
{
    private readonly StreamingDecoder _decoder;
    private readonly StopStringFilter _filter;
    private readonly System.Text.StringBuilder _text = new();

    /// <summary>A text after a prompt, which a tokenizer needs to know: at a text's very beginning some leave a space out.</summary>
    public TextAssembler(HuggingFaceTokenizer tokenizer, IReadOnlyList<int> prompt, IReadOnlyList<string> stops)
    {
        (_decoder, _filter) = (tokenizer.CreateStreamingDecoder(), new(stops));
        foreach (var id in prompt)
            _decoder.Add(id);
    }

    /// <summary>The text so far.</summary>
    public string Text => _text.ToString();

    /// <summary>Whether a stop string has come.</summary>
    public bool Stopped => _filter.Stopped;

    /// <summary>Adds a token, and gives the text that is certain now and was not before.</summary>
    public string Add(int token) => Keep(_filter.Add(_decoder.Add(token)));

    /// <summary>Says that no token follows, and gives what was held back.</summary>
    public string Finish() => Keep(_filter.Add(_decoder.Finish()) + _filter.Finish());

    private string Keep(string piece)
    {
        _text.Append(piece);
        return piece;
    }
}
