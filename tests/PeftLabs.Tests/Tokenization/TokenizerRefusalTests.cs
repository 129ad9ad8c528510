using System.Text.Json.Nodes;
using PeftLabs.Tokenization;

namespace PeftLabs.Tests.Tokenization;

public class TokenizerRefusalTests
{
    [Theory]
    [InlineData("""{"normalizer":{"type":"Nmt"}}""", "$.normalizer.type", "Nmt")]
    [InlineData("""{"normalizer":{"type":"Sequence","normalizers":[{"type":"NFC"},{"type":"Precompiled","precompiled_charsmap":""}]}}""",
        "$.normalizer.normalizers[1].precompiled_charsmap", "a character map of 0 bytes")]
    [InlineData("""{"normalizer":{"type":"Precompiled","precompiled_charsmap":"?"}}""", "$.normalizer.precompiled_charsmap", "Base-64")]
    [InlineData("""{"normalizer":{"type":"Strip","strip_middle":true}}""", "$.normalizer.strip_middle", "strip_middle")]
    [InlineData("""{"pre_tokenizer":{"type":"UnicodeScripts"}}""", "$.pre_tokenizer.type", "UnicodeScripts")]
    [InlineData("""{"pre_tokenizer":{"type":"Sequence","pretokenizers":[{"type":"ByteLevel"},{"type":"Digits"}]}}""",
        "$.pre_tokenizer.pretokenizers[1]", "Digits after ByteLevel")]
    [InlineData("""{"pre_tokenizer":{"type":"Split","pattern":{"Regex":"(a)\\1"},"behavior":"Isolated"}}""",
        "$.pre_tokenizer.pattern.Regex", "\\1 at 4")]
    [InlineData("""{"pre_tokenizer":{"type":"Split","pattern":{"Regex":"[a&&b]"},"behavior":"Isolated"}}""",
        "$.pre_tokenizer.pattern.Regex", "a set within a set")]
    [InlineData("""{"pre_tokenizer":{"type":"Split","pattern":{"Regex":"\\p{Han}+"},"behavior":"Isolated"}}""",
        "$.pre_tokenizer.pattern.Regex", "\\p{Han}")]
    [InlineData("""{"pre_tokenizer":{"type":"Split","pattern":{"String":" "},"behavior":"isolated"}}""",
        "$.pre_tokenizer.behavior", "Isolated")]
    [InlineData("""{"pre_tokenizer":{"type":"Metaspace","replacement":"▁","prepend_scheme":"last"}}""",
        "$.pre_tokenizer.prepend_scheme", "last")]
    [InlineData("""{"post_processor":{"type":"Magic"}}""", "$.post_processor.type", "Magic")]
    [InlineData("""{"post_processor":{"type":"TemplateProcessing","single":[{"SpecialToken":{"id":"x"}}],"special_tokens":{}}}""",
        "$.post_processor.single[0].SpecialToken.id", "x is not among")]
    [InlineData("""{"decoder":{"type":"CTC"}}""", "$.decoder.type", "CTC")]
    [InlineData("""{"padding":{"strategy":{"Fixed":8}}}""", "$.padding.strategy", "fixed length")]
    [InlineData("""{"truncation":{"direction":"Up","max_length":8}}""", "$.truncation.direction", "Up")]
    [InlineData("""{"model":{"type":"WordPiece"}}""", "$.model.type", "WordPiece")]
    [InlineData("""{"model":{"type":"Unigram"}}""", "$.model.fuse_unk", "fuse_unk")]
    [InlineData("""{"model":{"dropout":0.1}}""", "$.model.dropout", "dropout")]
    [InlineData("""{"model":{"unk_token":"<none>"}}""", "$.model.unk_token", "<none>")]
    [InlineData("""{"model":{"merges":[["a","b"],["a","nowhere"]]}}""", "$.model.merges[1]", "nowhere")]
    [InlineData("""{"model":{"merges":["a b c"]}}""", "$.model.merges[0]", "no pair")]
    [InlineData("""{"model":{"vocab":{"a":0,"b":0}}}""", "$.model.vocab.b", "the id 0 is that of a too")]
    [InlineData("""{"model":{"vocab":{"a":-1}}}""", "$.model.vocab.a", "-1")]
    [InlineData("""{"model":{"vocab":[]}}""", "$.model.vocab", "an object")]
    [InlineData("""{"added_tokens":[{"id":5,"content":"<new>","special":true}]}""", "$.added_tokens[0].id", "the id 5 of <new>")]
    [InlineData("""{"added_tokens":[{"id":5000,"content":"a"}]}""", "$.added_tokens[0].id", "5000")]
    [InlineData("""{"added_tokens":[{"id":5000}]}""", "$.added_tokens[0].content", "missing")]
    [InlineData("""{"chat":{}}""", "$.chat", "chat")]
    public void Unsupported_part_is_refused_with_file_place_and_name(string patch, string place, string thing)
    {
        using var file = PatchedFixture.Write("gpt2", JsonNode.Parse(patch)!.AsObject());
        var refusal = Assert.Throws<TokenizerFileException>(() => HuggingFaceTokenizer.Load(file.Path));
        Assert.Equal((file.Path, place), (refusal.File, refusal.Place));
        Assert.Contains(file.Path, refusal.Message, StringComparison.Ordinal);
        Assert.Contains(place, refusal.Message, StringComparison.Ordinal);
        Assert.Contains(thing, refusal.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("{")]
    [InlineData("""{"model":{"type":"BPE","vocab":{"a":0,}}}""")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("""{"model":{"type":"BPE","vocab":{"a":0,"a":1},"merges":[]}}""")]
    [InlineData("""{"model":{"type":"BPE","vocab":{"a":0},"merges":[["\ud800","a"]]}}""")]
    public void Broken_json_is_refused(string json)
    {
        using var file = PatchedFixture.Write(json);
        Assert.Equal(file.Path, Assert.Throws<TokenizerFileException>(() => HuggingFaceTokenizer.Load(file.Path)).File);
    }

    [Fact]
    public void A_model_type_that_is_neither_BPE_nor_unigram_is_refused_by_name()
    {
        var bytes = File.ReadAllBytes(Shared.Fixture("tokenizers", "unigram-spm", "tokenizer.model"));
        // Field 3 of the trainer's message, with the vocabulary size after it: model_type unigram becomes char.
        var place = bytes.AsSpan().IndexOf<byte>([0x18, 1, 0x20]);
        bytes[place + 1] = 4;
        using var folder = PatchedFixture.Write("{}");
        var path = Path.Combine(folder.Folder, "tokenizer.model");
        File.WriteAllBytes(path, bytes);
        var refusal = Assert.Throws<TokenizerFileException>(() => HuggingFaceTokenizer.Load(path));
        Assert.Equal("trainer_spec.model_type", refusal.Place);
        Assert.Contains("char", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Truncated_tokenizer_model_is_refused_or_lacks_its_trainer()
    {
        var bytes = File.ReadAllBytes(Shared.Fixture("tokenizers", "llama2-spm", "tokenizer.model"));
        using var folder = PatchedFixture.Write("{}");
        var path = Path.Combine(folder.Folder, "tokenizer.model");
        for (var length = 0; length < bytes.Length - 16; length += 97)
        {
            File.WriteAllBytes(path, bytes[..length]);
            Assert.Equal(path, Assert.Throws<TokenizerFileException>(() => HuggingFaceTokenizer.Load(path)).File);
        }
    }

    [Fact]
    public void A_user_defined_symbol_is_found_wherever_it_stands()
    {
        var bytes = File.ReadAllBytes(Shared.Fixture("tokenizers", "llama2-spm", "tokenizer.model")).ToList();
        // One more piece: "<sym>", score 0, user-defined.
        bytes.AddRange([0x0A, 14, 0x0A, 5, .. "<sym>"u8, 0x15, 0, 0, 0, 0, 0x18, 4]);
        using var folder = PatchedFixture.Write("{}");
        var path = Path.Combine(folder.Folder, "tokenizer.model");
        File.WriteAllBytes(path, [.. bytes]);
        var tokenizer = HuggingFaceTokenizer.Load(path);
        var symbol = tokenizer.TokenToId("<sym>")!.Value;
        Assert.Equal(["▁", "<sym>", "a", "<sym>"], tokenizer.EncodeToIds("<sym>a<sym>", false).Select(id => tokenizer.IdToToken(id)!));
        Assert.False(tokenizer.IsSpecial(symbol));
    }

    [Fact]
    public void Missing_file_and_empty_folder_are_named()
    {
        using var folder = PatchedFixture.Write("{}");
        File.Delete(folder.Path);
        Assert.Contains(folder.Folder, Assert.Throws<FileNotFoundException>(() => HuggingFaceTokenizer.Load(folder.Folder)).Message);
        Assert.Contains(folder.Path, Assert.Throws<FileNotFoundException>(() => HuggingFaceTokenizer.Load(folder.Path)).Message);
    }
}
