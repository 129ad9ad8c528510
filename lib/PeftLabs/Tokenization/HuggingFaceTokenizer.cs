using System.Buffers;
using Microsoft.ML.Tokenizers;

namespace PeftLabs.Tokenization;

/// <summary>
/// The tokenizer of a language model as its files describe it: Hugging Face's <c>tokenizer.json</c> with a BPE or unigram model, or
/// SentencePiece's <c>tokenizer.model</c> of either type. Its ids and its text are those of the reference whose file it is. Several threads
/// may use one.
/// </summary>
/// <remarks>
/// Ranges and indices always refer to the text as given, also where it was normalized, so no normalized text is returned beside them.
/// A lone surrogate counts as U+FFFD. Where the caller of a base method does not say, special tokens are added, and skipped in decoding.
/// </remarks>
public sealed partial class HuggingFaceTokenizer : Tokenizer
{
    private readonly TokenizerParts _parts;
    private readonly Vocabulary _vocabulary;
    private readonly EncodingPipeline _pipeline;
    private readonly SpecialTokenTemplate _template;

    private HuggingFaceTokenizer(TokenizerParts parts, TokenizerConfig config, string hash)
    {
        Hash = hash;
        _parts = parts;
        _vocabulary = new(parts.ModelVocabulary, parts.AddedTokens);
        _pipeline = new(parts);
        BosId = _vocabulary.Id(config.BosToken ?? parts.BosToken);
        EosId = _vocabulary.Id(config.EosToken ?? parts.EosToken);
        PadId = _vocabulary.Id(config.PadToken ?? parts.PadToken);
        UnkId = _vocabulary.Id(config.UnkToken ?? parts.UnkToken);
        _template = parts.Template ?? new(
            config.AddBosToken == true && BosId is { } bos ? [bos] : [], config.AddEosToken == true && EosId is { } eos ? [eos] : []);
    }

    /// <summary>SHA-256 of its file and the tokenizer_config.json beside it, in hexadecimal digits: all that its ids follow from.</summary>
    public string Hash { get; }

    /// <summary>One more than the largest id: the rows that an embedding needs at least.</summary>
    public int VocabularySize => _vocabulary.Size;

    /// <summary>The token that begins a text, if the files name one.</summary>
    public int? BosId { get; }

    /// <summary>The token that ends a text, if the files name one.</summary>
    public int? EosId { get; }

    /// <summary>The token that fills up the shorter texts of a batch, if the files name one.</summary>
    public int? PadId { get; }

    /// <summary>The token of what no other token stands for, if the files name one.</summary>
    public int? UnkId { get; }

    /// <summary>The id of a token, written as the vocabulary does; null where there is none.</summary>
    public int? TokenToId(string token)
    {
        ArgumentNullException.ThrowIfNull(token);
        return _vocabulary.Id(token);
    }

    /// <summary>
    /// The token of an id, written as the vocabulary does (a byte-level one writes a space as Ġ); null where there is none.
    /// </summary>
    public string? IdToToken(int id) => _vocabulary.Token(id);

    /// <summary>Whether an id is one that decoding can skip.</summary>
    public bool IsSpecial(int id) => _vocabulary.IsSpecial(id);

    /// <summary>The ids of a text, with or without those that the tokenizer's template puts around it.</summary>
    public IReadOnlyList<int> EncodeToIds(string text, bool addSpecialTokens)
    {
        ArgumentNullException.ThrowIfNull(text);
        return Encode(text, true, true, addSpecialTokens, tracked: false).Ids.ToArray();
    }

    /// <summary>
    /// The ids of a text, and for each the UTF-16 code units of the text that it stands for; the ones that the template puts before or
    /// after the text stand for none, at its start or end. Nothing is cut, also where the tokenizer's file asks for truncation.
    /// </summary>
    public (IReadOnlyList<int> Ids, IReadOnlyList<Range> Offsets) EncodeWithOffsets(string text, bool addSpecialTokens)
    {
        ArgumentNullException.ThrowIfNull(text);
        var tokens = Encode(text, true, true, addSpecialTokens, tracked: true, truncate: false);
        return (tokens.Ids.ToArray(), tokens.Ranges.ConvertAll(range => range.Start..range.End));
    }

    /// <summary>The text of ids. Ids outside the vocabulary, as models with padded embeddings can give, count as nothing.</summary>
    public string Decode(IEnumerable<int> ids, bool skipSpecialTokens)
    {
        ArgumentNullException.ThrowIfNull(ids);
        var decoder = new StreamingDecoder(_vocabulary, _parts.Decoder, skipSpecialTokens, eager: false);
        foreach (var id in ids)
            decoder.Push(id);
        return decoder.Finish();
    }

    /// <summary>The text of ids without special tokens.</summary>
    public override string Decode(IEnumerable<int> ids) => Decode(ids, skipSpecialTokens: true);

    /// <summary>Writes the text of ids, without special tokens, as far as it goes in; never a part of a character.</summary>
    /// <returns>Done, or DestinationTooSmall: then <paramref name="idsConsumed"/> says which ids' text was written.</returns>
    public override OperationStatus Decode(IEnumerable<int> ids, Span<char> destination, out int idsConsumed, out int charsWritten)
    {
        ArgumentNullException.ThrowIfNull(ids);
        (idsConsumed, charsWritten) = (0, 0);
        var decoder = new StreamingDecoder(_vocabulary, _parts.Decoder, skipSpecialTokens: true, eager: false);
        var (seen, written) = (0, 0);
        foreach (var id in ids)
        {
            if (!TryAppend(decoder.Add(id), destination, ref written))
                return OperationStatus.DestinationTooSmall;
            seen++;
            if (!decoder.IsPending)
                (idsConsumed, charsWritten) = (seen, written);
        }
        if (!TryAppend(decoder.Finish(), destination, ref written))
            return OperationStatus.DestinationTooSmall;
        (idsConsumed, charsWritten) = (seen, written);
        return OperationStatus.Done;
    }

    /// <summary>A decoder that takes ids one at a time.</summary>
    public StreamingDecoder CreateStreamingDecoder(bool skipSpecialTokens = true) =>
        new(_vocabulary, _parts.Decoder, skipSpecialTokens, eager: true);

    /// <inheritdoc/>
    protected override EncodeResults<EncodedToken> EncodeToTokens(string? text, ReadOnlySpan<char> textSpan, EncodeSettings settings)
    {
        var (tokens, consumed) = EncodeUpTo(text ?? textSpan.ToString(), settings);
        var encoded = new EncodedToken[tokens.Count];
        for (var i = 0; i < encoded.Length; i++)
            encoded[i] = new(tokens.Ids[i], _vocabulary.Token(tokens.Ids[i]) ?? "", tokens.Ranges[i].Start..tokens.Ranges[i].End);
        return new() { Tokens = encoded, CharsConsumed = consumed };
    }

    /// <inheritdoc/>
    protected override EncodeResults<int> EncodeToIds(string? text, ReadOnlySpan<char> textSpan, EncodeSettings settings)
    {
        text ??= textSpan.ToString();
        if (settings.MaxTokenCount < int.MaxValue)
        {
            var (tokens, consumed) = EncodeUpTo(text, settings);
            return new() { Tokens = tokens.Ids.ToArray(), CharsConsumed = consumed };
        }
        var ids = Encode(text, settings.ConsiderNormalization, settings.ConsiderPreTokenization, true, tracked: false).Ids.ToArray();
        return new() { Tokens = ids, CharsConsumed = text.Length };
    }

    /// <inheritdoc/>
    protected override int CountTokens(string? text, ReadOnlySpan<char> textSpan, EncodeSettings settings) =>
        Encode(text ?? textSpan.ToString(), settings.ConsiderNormalization, settings.ConsiderPreTokenization, true, tracked: false).Count;

    /// <inheritdoc/>
    protected override int GetIndexByTokenCount(
        string? text, ReadOnlySpan<char> textSpan, EncodeSettings settings, bool fromEnd, out string? normalizedText, out int tokenCount)
    {
        normalizedText = null;
        text ??= textSpan.ToString();
        ThrowIfNoTokens(settings.MaxTokenCount);
        var tokens = Encode(text, settings.ConsiderNormalization, settings.ConsiderPreTokenization, true, tracked: true);
        var (count, index) = fromEnd ? TokenWindow.Last(tokens, settings.MaxTokenCount, text.Length)
            : TokenWindow.First(tokens, settings.MaxTokenCount, text.Length);
        tokenCount = count;
        return index;
    }

    private static bool TryAppend(string text, Span<char> destination, ref int written)
    {
        if (!text.TryCopyTo(destination[written..]))
            return false;
        written += text.Length;
        return true;
    }

    private static void ThrowIfNoTokens(int maxTokenCount) =>
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(maxTokenCount);

    private (TokenBuffer Tokens, int CharsConsumed) EncodeUpTo(string text, EncodeSettings settings)
    {
        ThrowIfNoTokens(settings.MaxTokenCount);
        var tokens = Encode(text, settings.ConsiderNormalization, settings.ConsiderPreTokenization, true, tracked: true);
        var (count, consumed) = TokenWindow.First(tokens, settings.MaxTokenCount, text.Length);
        tokens.Remove(count, tokens.Count - count);
        return (tokens, consumed);
    }

    private TokenBuffer Encode(string text, bool normalize, bool split, bool addSpecialTokens, bool tracked, bool truncate = true)
    {
        var tokens = new TokenBuffer(tracked);
        var template = addSpecialTokens ? _template : SpecialTokenTemplate.Empty;
        foreach (var id in template.Before)
            tokens.Add(id, 0, 0);
        _pipeline.Encode(text, normalize, split, tokens);
        if (truncate && _parts.Truncation is { } truncation)
            TokenWindow.Truncate(tokens, truncation, template);
        foreach (var id in template.After)
            tokens.Add(id, text.Length, text.Length);
        return tokens;
    }
}
