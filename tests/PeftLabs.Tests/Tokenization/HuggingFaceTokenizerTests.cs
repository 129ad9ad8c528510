using System.Text.Json;
using PeftLabs.Tokenization;

namespace PeftLabs.Tests.Tokenization;

public class HuggingFaceTokenizerTests
{
    public static TheoryData<string, string, string> Cases => new()
    {
        { "gpt2", "tokenizer.json", "expected.json" },
        { "llama3", "tokenizer.json", "expected.json" },
        { "qwen2", "tokenizer.json", "expected.json" },
        { "smollm", "tokenizer.json", "expected.json" },
        { "llama2-spm", "tokenizer.json", "expected.json" },
        { "llama2-spm", "tokenizer.json", "expected_sentencepiece.json" },
        { "llama2-spm", "tokenizer.model", "expected.json" },
        { "llama2-spm", "tokenizer.model", "expected_sentencepiece.json" },
        { "unigram-spm", "tokenizer.model", "expected_sentencepiece.json" },
    };

    [Theory]
    [MemberData(nameof(Cases))]
    public void Fixture_cases_give_the_expected_ids_and_text(string folder, string file, string expected)
    {
        var tokenizer = HuggingFaceTokenizer.Load(Shared.Fixture("tokenizers", folder, file));
        using var document = JsonDocument.Parse(File.ReadAllText(Shared.Fixture("tokenizers", folder, expected)));
        var count = 0;
        foreach (var item in document.RootElement.GetProperty("cases").EnumerateArray())
        {
            Check(tokenizer, item);
            count++;
        }
        Assert.True(count >= 60, $"only {count} cases");
    }

    [Fact]
    public void Stories_prompts_and_story_have_the_ids_that_the_model_was_given()
    {
        var tokenizer = HuggingFaceTokenizer.Load(Shared.Fixture("models", "stories260K"));
        using var document = JsonDocument.Parse(File.ReadAllText(Shared.Fixture("models", "stories260K", "expected.json")));
        foreach (var item in document.RootElement.GetProperty("greedy").EnumerateArray())
        {
            Assert.Equal(Ids(item, "prompt_ids"), tokenizer.EncodeToIds(item.GetProperty("prompt").GetString()!));
            Assert.Equal(item.GetProperty("text").GetString(), tokenizer.Decode(Ids(item, "ids")));
        }
        var story = document.RootElement.GetProperty("story").GetString()!;
        Assert.Equal(Ids(document.RootElement, "story_ids"), tokenizer.EncodeToIds(story, addSpecialTokens: true));
        Assert.Equal((512, 1, 2, 0), (tokenizer.VocabularySize, tokenizer.BosId, tokenizer.EosId, tokenizer.UnkId));
        Assert.Null(tokenizer.PadId);
    }

    private static void Check(HuggingFaceTokenizer tokenizer, JsonElement item)
    {
        var text = item.GetProperty("text").GetString()!;
        var plain = Ids(item, "no_special");
        Assert.Equal(plain, tokenizer.EncodeToIds(text, addSpecialTokens: false));
        Assert.Equal(item.GetProperty("decoded").GetString(), tokenizer.Decode(plain, skipSpecialTokens: true));
        if (!item.TryGetProperty("ids", out _))
            return;
        var ids = Ids(item, "ids");
        Assert.Equal(ids, tokenizer.EncodeToIds(text, addSpecialTokens: true));
        Assert.Equal(ids, tokenizer.EncodeToTokens(text, out _).Select(token => token.Id));
        Assert.Equal(item.GetProperty("decoded").GetString(), tokenizer.Decode(ids, skipSpecialTokens: true));
        Assert.Equal(item.GetProperty("decoded_with_special").GetString(), tokenizer.Decode(ids, skipSpecialTokens: false));
    }

    private static int[] Ids(JsonElement item, string name) => [.. item.GetProperty(name).EnumerateArray().Select(id => id.GetInt32())];
}
