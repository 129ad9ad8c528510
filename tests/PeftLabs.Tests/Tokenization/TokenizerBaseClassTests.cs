using System.Buffers;
using System.Text.Json.Nodes;
using Microsoft.ML.Tokenizers;
using PeftLabs.Tokenization;

namespace PeftLabs.Tests.Tokenization;

/// <summary>What code sees that knows the tokenizer as Microsoft.ML.Tokenizers.Tokenizer alone.</summary>
public class TokenizerBaseClassTests
{
    [Fact]
    public void Base_methods_add_special_tokens_and_refer_to_the_text_as_given()
    {
        Tokenizer tokenizer = HuggingFaceTokenizer.Load(Shared.Fixture("tokenizers", "llama2-spm", "tokenizer.json"));
        Assert.Equal([1, 786, 847, 326, 795, 789, 301, 269, 680], tokenizer.EncodeToIds("Hello world"));
        var tokens = tokenizer.EncodeToTokens("Hello world", out var normalized);
        Assert.Null(normalized);
        Assert.Equal(["<s>", "▁", "H", "el", "l", "o"], tokens.Take(6).Select(token => token.Value));
        Assert.Equal([0..0, 0..1, 0..1, 1..3, 3..4, 4..5, 5..7], tokens.Take(7).Select(token => token.Offset));
        Assert.Equal("Hello world", tokenizer.Decode(tokenizer.EncodeToIds("Hello world")));
        Assert.Empty(tokenizer.EncodeToIds("", considerNormalization: false).Skip(1));
    }

    [Fact]
    public void Normalization_and_splitting_can_be_left_out()
    {
        var patch = JsonNode.Parse("""
            {"normalizer":{"type":"Lowercase"},"pre_tokenizer":{"type":"Sequence","pretokenizers":[
            {"type":"Split","pattern":{"String":"l"},"behavior":"Isolated"},
            {"type":"ByteLevel","add_prefix_space":false,"use_regex":false}]}}
            """);
        using var file = PatchedFixture.Write("gpt2", patch!.AsObject());
        var tokenizer = HuggingFaceTokenizer.Load(file.Path);
        Tokenizer known = tokenizer;
        Assert.Equal(["h", "e", "l", "l", "o"], known.EncodeToTokens("HeLlO", out _).Select(token => token.Value));
        Assert.Equal(["h", "el", "lo"], known.EncodeToTokens("HeLlO", out _, considerPreTokenization: false).Select(token => token.Value));
        Assert.Equal("HeLlO", tokenizer.Decode(known.EncodeToIds("HeLlO", considerNormalization: false)));
    }

    [Fact]
    public void Counting_from_either_end_never_cuts_a_character()
    {
        Tokenizer tokenizer = HuggingFaceTokenizer.Load(Shared.Fixture("tokenizers", "gpt2"));
        const string Text = "a𝔘b";
        Assert.Equal(6, tokenizer.CountTokens(Text));
        Assert.Equal(1, tokenizer.GetIndexByTokenCount(Text, 3, out _, out var count));
        Assert.Equal(1, count);
        Assert.Equal(3, tokenizer.GetIndexByTokenCount(Text, 5, out _, out count));
        Assert.Equal(5, count);
        Assert.Equal(3, tokenizer.GetIndexByTokenCountFromEnd(Text, 4, out _, out count));
        Assert.Equal(1, count);
        Assert.Equal(1, tokenizer.GetIndexByTokenCountFromEnd(Text, 5, out _, out count));
        Assert.Equal(5, count);
        Assert.Equal(0, tokenizer.GetIndexByTokenCountFromEnd(Text, 9, out _, out count));
        Assert.Equal(6, count);
        Assert.Throws<ArgumentOutOfRangeException>(() => tokenizer.GetIndexByTokenCount(Text, 0, out _, out _));
    }

    [Fact]
    public void Decoding_into_a_span_stops_between_characters()
    {
        Tokenizer tokenizer = HuggingFaceTokenizer.Load(Shared.Fixture("tokenizers", "gpt2"));
        var ids = tokenizer.EncodeToIds("a𝔘b");
        var destination = new char[4];
        var status = tokenizer.Decode(ids, destination.AsSpan(0, 2), out var consumed, out var written);
        Assert.Equal(OperationStatus.DestinationTooSmall, status);
        Assert.Equal((1, 1), (consumed, written));
        Assert.Equal(OperationStatus.Done, tokenizer.Decode(ids, destination, out consumed, out written));
        Assert.Equal((6, 4, "a𝔘b"), (consumed, written, new string(destination)));
        Assert.Equal("", tokenizer.Decode([]));
        Assert.Throws<ArgumentNullException>(() => tokenizer.Decode(null!));
    }

    [Fact]
    public void A_streaming_decoder_waits_for_whole_characters()
    {
        foreach (var name in new[] { "gpt2", "llama2-spm" })
        {
            var tokenizer = HuggingFaceTokenizer.Load(Shared.Fixture("tokenizers", name));
            var stream = tokenizer.CreateStreamingDecoder();
            List<string> texts = [.. tokenizer.EncodeToIds("a𝔘", addSpecialTokens: false).Select(stream.Add)];
            Assert.Equal(["a", "", "", "", "𝔘"], texts);
            Assert.False(stream.IsPending);
            Assert.Equal("", stream.Finish());
            Assert.Throws<InvalidOperationException>(() => stream.Add(5));
        }
    }

    [Fact]
    public void Configuration_names_the_special_tokens_and_adds_them_where_the_file_has_no_template()
    {
        using var file = PatchedFixture.Write("qwen2", []);
        File.WriteAllText(Path.Combine(file.Folder, "tokenizer_config.json"), """
            {"bos_token":null,"eos_token":{"content":"<|im_end|>","lstrip":false},"pad_token":"<|endoftext|>","add_eos_token":true}
            """);
        var tokenizer = HuggingFaceTokenizer.Load(file.Folder);
        Assert.Equal((null, 1202, 1200, 1203), (tokenizer.BosId, tokenizer.EosId, tokenizer.PadId, tokenizer.VocabularySize));
        Assert.Equal([64, 1202], tokenizer.EncodeToIds("a"));
        Assert.Equal((1202, "<|im_end|>"), (tokenizer.TokenToId("<|im_end|>"), tokenizer.IdToToken(1202)));
        Assert.Equal((null, null), (tokenizer.TokenToId("nowhere"), tokenizer.IdToToken(9999)));
        Assert.True(tokenizer.IsSpecial(1202));
    }

    [Fact]
    public async Task Threads_share_one_tokenizer()
    {
        var tokenizer = HuggingFaceTokenizer.Load(Shared.Fixture("tokenizers", "llama3"));
        string[] texts = [.. Enumerable.Range(0, 200).Select(i => $"text number {i} of {i * 37 % 91}: héllo {i * i}")];
        var expected = texts.Select(text => tokenizer.EncodeToIds(text, true)).ToArray();
        var tasks = Enumerable.Range(0, 4).Select(_ => Task.Run(() => texts.Select(text => tokenizer.EncodeToIds(text, true)).ToArray()));
        var results = await Task.WhenAll(tasks);
        foreach (var result in results)
            Assert.Equal(expected, result);
    }
}
