using System.Text.Json;
using PeftLabs.Tokenization;

namespace PeftLabs.Tests.Tokenization;

/// <summary>What SentencePiece and Hugging Face's tokenizers gave for one and the same model (unigram/write.py).</summary>
public class UnigramTokenizerTests
{
    private static string Folder => Path.Combine(Shared.Root, "tests", "PeftLabs.Tests", "Tokenization", "unigram");

    [Theory]
    [InlineData("small.model", "spm")]
    [InlineData("small.json", "hf")]
    public void Ids_and_text_are_those_of_the_tokenizer_whose_file_it_is(string file, string reference)
    {
        var tokenizer = HuggingFaceTokenizer.Load(Path.Combine(Folder, file));
        using var document = JsonDocument.Parse(File.ReadAllText(Path.Combine(Folder, "expected.json")));
        foreach (var item in document.RootElement.EnumerateArray())
        {
            var text = item.GetProperty("text").GetString()!;
            int[] ids = [.. item.GetProperty(reference).EnumerateArray().Select(id => id.GetInt32())];
            Assert.Equal(ids, tokenizer.EncodeToIds(text, addSpecialTokens: false));
            Assert.Equal(ids, tokenizer.EncodeToTokens(text, out _).Select(token => token.Id).Where(id => id != tokenizer.BosId));
            Assert.Equal(item.GetProperty($"{reference}_text").GetString(), tokenizer.Decode(ids));
        }
    }

    [Fact]
    public void Offsets_refer_to_the_text_before_its_normalization()
    {
        var tokenizer = HuggingFaceTokenizer.Load(Path.Combine(Folder, "small.model"));
        const string Text = "  𝔘fooﬁ\u0301 e\u0301";
        var tokens = tokenizer.EncodeToTokens(Text, out _).Where(token => token.Id != tokenizer.BosId).ToArray();
        Assert.Equal(["▁", "<0xF0>", "<0x9D>", "<0x94>", "<0x98>", "foo", "f", "i", "<0xCC>", "<0x81>", "▁é"], tokens.Select(token => token.Value));
        Assert.Equal(["𝔘", "𝔘", "𝔘", "𝔘", "foo", "ﬁ", "ﬁ", "\u0301", "\u0301", " e\u0301"], tokens.Skip(1).Select(token => Text[token.Offset]));
    }

    [Fact]
    public void Special_pieces_are_named_by_the_model()
    {
        var model = HuggingFaceTokenizer.Load(Path.Combine(Folder, "small.model"));
        Assert.Equal((0, 1, 2, null), (model.UnkId, model.BosId, model.EosId, model.PadId));
        Assert.Equal(0, HuggingFaceTokenizer.Load(Path.Combine(Folder, "small.json")).UnkId);
        Assert.False(model.IsSpecial(model.TokenToId("<sym>")!.Value));
    }

    [Theory]
    [InlineData("""{"type":"Unigram","vocab":[["a",0],["a",-1]]}""", "$.model.vocab[1]", "stands at 0 too")]
    [InlineData("""{"type":"Unigram","vocab":[["a"]]}""", "$.model.vocab[0]", "no pair of token and score")]
    [InlineData("""{"type":"Unigram","vocab":[["a","b"]]}""", "$.model.vocab[0][1]", "a number belongs")]
    [InlineData("""{"type":"Unigram","vocab":[]}""", "$.model.vocab", "without tokens")]
    [InlineData("""{"type":"Unigram","unk_id":1,"vocab":[["a",-1]]}""", "$.model.unk_id", "1 is no token")]
    [InlineData("""{"type":"Unigram","nbest":1,"vocab":[["a",-1]]}""", "$.model.nbest", "nbest")]
    public void A_broken_unigram_model_is_refused_with_its_place(string model, string place, string problem)
    {
        using var file = PatchedFixture.Write($$"""{"model":{{model}}}""");
        var refusal = Assert.Throws<TokenizerFileException>(() => HuggingFaceTokenizer.Load(file.Path));
        Assert.Equal(place, refusal.Place);
        Assert.Contains(problem, refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Without_an_unknown_token_an_unknown_character_is_refused_by_name()
    {
        using var file = PatchedFixture.Write("""{"model":{"type":"Unigram","vocab":[["a",-1],["aa",-1.5]]}}""");
        var tokenizer = HuggingFaceTokenizer.Load(file.Path);
        Assert.Equal([0, 1], tokenizer.EncodeToIds("aaa", addSpecialTokens: false));
        Assert.Contains("'é'", Assert.Throws<InvalidOperationException>(() => tokenizer.EncodeToIds("aéa")).Message, StringComparison.Ordinal);
    }
}
