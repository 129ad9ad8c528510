using System.Text;
using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;
using PeftLabs.Tokenization;

namespace PeftLabs.Tests.Tokenization;

[Properties(Arbitrary = new[] { typeof(Texts) }, MaxTest = 300)]
public class TokenizerPropertyTests
{
    private static readonly Dictionary<string, HuggingFaceTokenizer> _loaded = [];

    [Property]
    public void Byte_level_text_comes_back(ValidText text)
    {
        foreach (var name in new[] { "gpt2", "llama3", "smollm" })
            Assert.Equal(text.Value, Load(name).Decode(Load(name).EncodeToIds(text.Value, addSpecialTokens: true)));
    }

    [Property]
    public void Byte_fallback_text_comes_back(ValidText text)
    {
        foreach (var name in new[] { "llama2-spm", "llama2-spm/tokenizer.model", "unigram-spm" })
            Assert.Equal(text.Value.Replace('▁', ' '), Load(name).Decode(Load(name).EncodeToIds(text.Value, addSpecialTokens: true)));
    }

    [Property]
    public void Lone_surrogates_count_as_replacement_characters(AnyText text)
    {
        var scrubbed = Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(text.Value));
        foreach (var name in Texts.Tokenizers)
        {
            Assert.Equal(Load(name).EncodeToIds(scrubbed), Load(name).EncodeToIds(text.Value));
            Assert.Equal(text.Value.Length, scrubbed.Length);
        }
    }

    [Property]
    public void Tokens_cover_the_text_without_gaps(AnyText text)
    {
        foreach (var name in Texts.Tokenizers)
        {
            var end = 0;
            foreach (var token in Load(name).EncodeToTokens(text.Value, out var normalized))
            {
                Assert.Null(normalized);
                Assert.InRange(token.Offset.Start.Value, 0, end);
                Assert.InRange(token.Offset.End.Value, end, text.Value.Length);
                end = token.Offset.End.Value;
                Assert.Equal(Load(name).IdToToken(token.Id), token.Value);
            }
            Assert.Equal(text.Value.Length, end);
        }
    }

    [Property]
    public void Ids_tokens_and_counts_agree(AnyText text)
    {
        foreach (var name in Texts.Tokenizers)
        {
            var tokenizer = Load(name);
            var ids = tokenizer.EncodeToIds(text.Value);
            Assert.Equal(ids, tokenizer.EncodeToTokens(text.Value.AsSpan(), out _).Select(token => token.Id));
            Assert.Equal(ids, tokenizer.EncodeToIds(text.Value.AsSpan()));
            Assert.Equal(ids.Count, tokenizer.CountTokens(text.Value));
        }
    }

    [Property]
    public void A_limit_gives_a_beginning_that_ends_between_characters(ValidText text, PositiveInt limit)
    {
        foreach (var name in Texts.Tokenizers)
        {
            var tokenizer = Load(name);
            var all = tokenizer.EncodeToIds(text.Value);
            var ids = tokenizer.EncodeToIds(text.Value, limit.Get, out _, out var consumed);
            Assert.InRange(ids.Count, 0, limit.Get);
            Assert.Equal(all.Take(ids.Count), ids);
            Assert.False(consumed < text.Value.Length && char.IsLowSurrogate(text.Value[consumed]));
            Assert.Equal(consumed, tokenizer.GetIndexByTokenCount(text.Value, limit.Get, out _, out var count));
            Assert.Equal(ids.Count, count);
        }
    }

    [Property]
    public void Streaming_any_ids_of_a_byte_level_vocabulary_equals_decoding_them(ushort[] numbers)
    {
        foreach (var name in new[] { "gpt2", "llama3", "qwen2", "smollm" })
        {
            var tokenizer = Load(name);
            int[] ids = [.. numbers.Select(number => number % (tokenizer.VocabularySize + 3))];
            Assert.Equal(tokenizer.Decode(ids, skipSpecialTokens: false), Stream(tokenizer, ids, skipSpecialTokens: false));
        }
    }

    [Property]
    public void Streaming_an_encoded_text_equals_decoding_it(ValidText text)
    {
        foreach (var name in Texts.Tokenizers)
        {
            var ids = Load(name).EncodeToIds(text.Value);
            Assert.Equal(Load(name).Decode(ids), Stream(Load(name), ids, skipSpecialTokens: true));
        }
    }

    private static string Stream(HuggingFaceTokenizer tokenizer, IReadOnlyList<int> ids, bool skipSpecialTokens)
    {
        var stream = tokenizer.CreateStreamingDecoder(skipSpecialTokens);
        return string.Concat(ids.Select(stream.Add)) + stream.Finish();
    }

    private static HuggingFaceTokenizer Load(string name)
    {
        lock (_loaded)
            return _loaded.TryGetValue(name, out var tokenizer) ? tokenizer
                : _loaded[name] = HuggingFaceTokenizer.Load(Shared.Fixture("tokenizers", name));
    }
}

/// <summary>A text without lone surrogates.</summary>
public sealed record ValidText(string Value);

/// <summary>Any sequence of UTF-16 code units.</summary>
public sealed record AnyText(string Value);

/// <summary>Texts that have what tokenizers stumble over.</summary>
public static class Texts
{
    private static readonly string[] _parts =
    [
        "a", "e", "hello", "The", " ", "  ", "\n", "\t", "\r\n", "'s", "'LL", "1", "234", ".", "--", "_", "é", "e\u0301", "\u0323", "ß",
        "İ",
        "中", "日本", "한", "각", "▁", "▁▁", "\u00A0", "\u200D", "👩", "🧿", "𝔘", "𝟙", "𠀀", "\0", "\uFFFD", "\uFFFE", "Ǆ", "ﬁ", "\u0345", "ﷺ",
    ];

    public static string[] Tokenizers { get; } = ["gpt2", "llama3", "qwen2", "smollm", "llama2-spm", "llama2-spm/tokenizer.model", "unigram-spm"];

    private static Gen<string> Valid => Gen.OneOf(
        Gen.Elements(_parts),
        Gen.Choose(0, 0x10FFFF).Where(Rune.IsValid).Select(point => new Rune(point).ToString()));

    public static Arbitrary<ValidText> ValidTexts() =>
        Valid.ListOf().Select(parts => new ValidText(string.Concat(parts))).ToArbitrary();

    public static Arbitrary<AnyText> AnyTexts() => Gen.OneOf(Valid, Gen.Choose(0xD7FF, 0xE000).Select(unit => ((char)unit).ToString()))
        .ListOf().Select(parts => new AnyText(string.Concat(parts))).ToArbitrary();
}
