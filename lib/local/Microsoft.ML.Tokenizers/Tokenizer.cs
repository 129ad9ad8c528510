using System.Buffers;

namespace Microsoft.ML.Tokenizers;

/// <summary>
/// Turns text into token ids and back. A subclass gives <c>EncodeToTokens</c> and <c>Decode</c> into a span; everything else follows
/// from these two and may be overridden where it can be had faster.
/// </summary>
public abstract class Tokenizer
{
    /// <summary>What rewrites the text first; null where nothing does.</summary>
    public virtual Normalizer? Normalizer => null;

    /// <summary>What splits the text first; null where nothing does.</summary>
    public virtual PreTokenizer? PreTokenizer => null;

    /// <summary>Encodes <paramref name="textSpan"/>; <paramref name="text"/> is the same as a string where the caller has one.</summary>
    protected abstract EncodeResults<EncodedToken> EncodeToTokens(string? text, ReadOnlySpan<char> textSpan, EncodeSettings settings);

    /// <summary>The tokens of a text, with their ranges.</summary>
    public IReadOnlyList<EncodedToken> EncodeToTokens(
        string text, out string? normalizedText, bool considerPreTokenization = true, bool considerNormalization = true) =>
        Normalized(EncodeToTokens(text, text, Settings(considerPreTokenization, considerNormalization)), out normalizedText);

    /// <summary>The tokens of a text, with their ranges.</summary>
    public IReadOnlyList<EncodedToken> EncodeToTokens(
        ReadOnlySpan<char> text, out string? normalizedText, bool considerPreTokenization = true, bool considerNormalization = true) =>
        Normalized(EncodeToTokens(null, text, Settings(considerPreTokenization, considerNormalization)), out normalizedText);

    /// <summary>Encodes to ids alone; by default those of <c>EncodeToTokens</c>.</summary>
    protected virtual EncodeResults<int> EncodeToIds(string? text, ReadOnlySpan<char> textSpan, EncodeSettings settings)
    {
        var encoded = EncodeToTokens(text, textSpan, settings);
        var ids = new int[encoded.Tokens.Count];
        for (var i = 0; i < ids.Length; i++)
            ids[i] = encoded.Tokens[i].Id;
        return new() { Tokens = ids, NormalizedText = encoded.NormalizedText, CharsConsumed = encoded.CharsConsumed };
    }

    /// <summary>The ids of a text's tokens.</summary>
    public IReadOnlyList<int> EncodeToIds(string text, bool considerPreTokenization = true, bool considerNormalization = true) =>
        EncodeToIds(text, text, Settings(considerPreTokenization, considerNormalization)).Tokens;

    /// <summary>The ids of a text's tokens.</summary>
    public IReadOnlyList<int> EncodeToIds(
        ReadOnlySpan<char> text, bool considerPreTokenization = true, bool considerNormalization = true) =>
        EncodeToIds(null, text, Settings(considerPreTokenization, considerNormalization)).Tokens;

    /// <summary>At most <paramref name="maxTokenCount"/> ids from the text's start.</summary>
    public IReadOnlyList<int> EncodeToIds(
        string text, int maxTokenCount, out string? normalizedText, out int charsConsumed,
        bool considerPreTokenization = true, bool considerNormalization = true)
    {
        var encoded = EncodeToIds(text, text, Settings(considerPreTokenization, considerNormalization, maxTokenCount));
        charsConsumed = encoded.CharsConsumed;
        return Normalized(encoded, out normalizedText);
    }

    /// <summary>At most <paramref name="maxTokenCount"/> ids from the text's start.</summary>
    public IReadOnlyList<int> EncodeToIds(
        ReadOnlySpan<char> text, int maxTokenCount, out string? normalizedText, out int charsConsumed,
        bool considerPreTokenization = true, bool considerNormalization = true)
    {
        var encoded = EncodeToIds(null, text, Settings(considerPreTokenization, considerNormalization, maxTokenCount));
        charsConsumed = encoded.CharsConsumed;
        return Normalized(encoded, out normalizedText);
    }

    /// <summary>How many tokens a text has; by default those of <c>EncodeToTokens</c>.</summary>
    protected virtual int CountTokens(string? text, ReadOnlySpan<char> textSpan, EncodeSettings settings) =>
        EncodeToTokens(text, textSpan, settings).Tokens.Count;

    /// <summary>How many tokens a text has.</summary>
    public int CountTokens(string text, bool considerPreTokenization = true, bool considerNormalization = true) =>
        CountTokens(text, text, Settings(considerPreTokenization, considerNormalization));

    /// <summary>How many tokens a text has.</summary>
    public int CountTokens(ReadOnlySpan<char> text, bool considerPreTokenization = true, bool considerNormalization = true) =>
        CountTokens(null, text, Settings(considerPreTokenization, considerNormalization));

    /// <summary>Where in the text the first (or, from the end, the last) <c>MaxTokenCount</c> tokens end (or begin).</summary>
    protected virtual int GetIndexByTokenCount(
        string? text, ReadOnlySpan<char> textSpan, EncodeSettings settings, bool fromEnd, out string? normalizedText, out int tokenCount)
    {
        var limit = settings.MaxTokenCount;
        if (fromEnd)
            settings.MaxTokenCount = int.MaxValue;
        var tokens = Normalized(EncodeToTokens(text, textSpan, settings), out normalizedText);
        tokenCount = Math.Min(limit, tokens.Count);
        if (!fromEnd)
            return tokenCount > 0 ? tokens[tokenCount - 1].Offset.End.Value : 0;
        return tokenCount > 0 ? tokens[^tokenCount].Offset.Start.Value : normalizedText?.Length ?? textSpan.Length;
    }

    /// <summary>Where in the text its first <paramref name="maxTokenCount"/> tokens end.</summary>
    public int GetIndexByTokenCount(
        string text, int maxTokenCount, out string? normalizedText, out int tokenCount,
        bool considerPreTokenization = true, bool considerNormalization = true) =>
        GetIndexByTokenCount(
            text, text, Settings(considerPreTokenization, considerNormalization, maxTokenCount), false, out normalizedText, out tokenCount);

    /// <summary>Where in the text its first <paramref name="maxTokenCount"/> tokens end.</summary>
    public int GetIndexByTokenCount(
        ReadOnlySpan<char> text, int maxTokenCount, out string? normalizedText, out int tokenCount,
        bool considerPreTokenization = true, bool considerNormalization = true) =>
        GetIndexByTokenCount(
            null, text, Settings(considerPreTokenization, considerNormalization, maxTokenCount), false, out normalizedText, out tokenCount);

    /// <summary>Where in the text its last <paramref name="maxTokenCount"/> tokens begin.</summary>
    public int GetIndexByTokenCountFromEnd(
        string text, int maxTokenCount, out string? normalizedText, out int tokenCount,
        bool considerPreTokenization = true, bool considerNormalization = true) =>
        GetIndexByTokenCount(
            text, text, Settings(considerPreTokenization, considerNormalization, maxTokenCount), true, out normalizedText, out tokenCount);

    /// <summary>Where in the text its last <paramref name="maxTokenCount"/> tokens begin.</summary>
    public int GetIndexByTokenCountFromEnd(
        ReadOnlySpan<char> text, int maxTokenCount, out string? normalizedText, out int tokenCount,
        bool considerPreTokenization = true, bool considerNormalization = true) =>
        GetIndexByTokenCount(
            null, text, Settings(considerPreTokenization, considerNormalization, maxTokenCount), true, out normalizedText, out tokenCount);

    /// <summary>The text of ids; by default what <c>Decode</c> into a span writes, with the span doubled until it suffices.</summary>
    /// <exception cref="ArgumentNullException"><paramref name="ids"/> is null.</exception>
    /// <exception cref="InvalidOperationException">The ids cannot be decoded.</exception>
    public virtual string Decode(IEnumerable<int> ids)
    {
        ArgumentNullException.ThrowIfNull(ids);
        var list = ids as IReadOnlyCollection<int> ?? [.. ids];
        if (list.Count == 0)
            return "";
        for (var length = list.Count * 8; ; length *= 2)
        {
            var buffer = new char[length];
            switch (Decode(list, buffer, out _, out var written))
            {
                case OperationStatus.Done: return new string(buffer, 0, written);
                case OperationStatus.DestinationTooSmall: continue;
                case var status: throw new InvalidOperationException($"The ids cannot be decoded: {status}.");
            }
        }
    }

    /// <summary>Writes the text of ids into <paramref name="destination"/>, as much as goes in.</summary>
    public abstract OperationStatus Decode(IEnumerable<int> ids, Span<char> destination, out int idsConsumed, out int charsWritten);

    private static EncodeSettings Settings(bool preTokenize, bool normalize, int limit = int.MaxValue) =>
        new() { ConsiderPreTokenization = preTokenize, ConsiderNormalization = normalize, MaxTokenCount = limit };

    private static IReadOnlyList<T> Normalized<T>(EncodeResults<T> encoded, out string? normalizedText)
    {
        normalizedText = encoded.NormalizedText;
        return encoded.Tokens;
    }
}
