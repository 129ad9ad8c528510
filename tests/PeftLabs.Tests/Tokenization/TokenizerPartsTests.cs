using System.Text.Json.Nodes;
using PeftLabs.Tokenization;

namespace PeftLabs.Tests.Tokenization;

/// <summary>Every part by itself: what Hugging Face's tokenizers gave for fixtures with that part put in (parts.json, parts.js).</summary>
public class TokenizerPartsTests
{
    private static readonly JsonNode _goldens = JsonNode.Parse(
        File.ReadAllText(Path.Combine(Shared.Root, "tests", "PeftLabs.Tests", "Tokenization", "parts.json")))!;

    public static TheoryData<string> Names => [.. _goldens["configurations"]!.AsArray().Select(item => (string)item!["name"]!)];

    [Theory]
    [MemberData(nameof(Names))]
    public void Configuration_gives_the_ids_and_texts_of_Hugging_Face(string name)
    {
        var configuration = _goldens["configurations"]!.AsArray().Single(item => (string)item!["name"]! == name)!;
        using var file = PatchedFixture.Write((string)configuration["fixture"]!, configuration["patch"]!.AsObject());
        var tokenizer = HuggingFaceTokenizer.Load(file.Path);
        var texts = _goldens["texts"]!.AsArray();
        for (var i = 0; i < texts.Count; i++)
            Check(tokenizer, (string)texts[i]!, configuration["expected"]![i]!);
    }

    private static void Check(HuggingFaceTokenizer tokenizer, string text, JsonNode expected)
    {
        int[] ids = [.. expected["ids"]!.AsArray().Select(id => (int)id!)];
        Assert.Equal(ids, tokenizer.EncodeToIds(text, addSpecialTokens: true));
        Assert.Equal(ids, tokenizer.EncodeToTokens(text, out _).Select(token => token.Id));
        Assert.Equal((string)expected["text"]!, tokenizer.Decode(ids));
        Assert.Equal((string)expected["all"]!, tokenizer.Decode(ids, skipSpecialTokens: false));
        var stream = tokenizer.CreateStreamingDecoder();
        Assert.Equal((string)expected["text"]!, string.Concat(ids.Select(stream.Add)) + stream.Finish());
    }
}
