using PeftLabs.Models;
using PeftLabs.Models.Generation;
using PeftLabs.Tests.Formats;

namespace PeftLabs.Tests.Models.Generation;

public class GenerationConfigFileTests
{
    [Fact]
    public void What_a_models_authors_recommend_is_read_as_transformers_reads_it()
    {
        var options = Read("""
            { "do_sample": true, "temperature": 0.6, "top_k": 20, "top_p": 0.95, "min_p": 0.01, "repetition_penalty": 1.05,
              "max_new_tokens": 77, "eos_token_id": [5, 6], "stop_strings": ["END"], "num_beams": 1, "bos_token_id": 1, "use_cache": true }
            """);
        Assert.Equal((0.6, 20, 0.95, 0.01), (options.Temperature, options.TopK, options.TopP, options.MinP));
        Assert.Equal((1.05, 77), (options.RepetitionPenalty, options.MaxNewTokens));
        Assert.Equal([5, 6], options.StopTokens);
        Assert.Equal(["END"], options.StopStrings);
    }

    [Fact]
    public void Without_do_sample_it_is_greedy_whatever_else_there_is() =>
        Assert.True(Read("""{ "temperature": 0.6, "top_p": 0.9, "eos_token_id": 2 }""").IsGreedy);

    [Theory]
    [InlineData("""{ "do_sample": true }""", 50)]
    [InlineData("""{ "do_sample": true, "top_k": null }""", 0)]
    [InlineData("""{ "do_sample": true, "top_k": 0 }""", 0)]
    [InlineData("""{ "top_k": 7 }""", 0)]
    public void Top_k_is_fifty_where_tokens_are_drawn_and_the_file_says_nothing(string json, int topK) => Assert.Equal(topK, Read(json).TopK);

    [Fact]
    public void Null_is_what_is_not_there()
    {
        var options = Read("""{ "eos_token_id": null, "stop_strings": null, "num_beams": null, "bad_words_ids": null, "temperature": null }""");
        Assert.Equal((0, 0, true), (options.StopTokens.Count, options.StopStrings.Count, options.IsGreedy));
    }

    [Fact]
    public void Without_the_file_there_are_the_defaults()
    {
        using var folder = new TemporaryFolder();
        Assert.Equal(new GenerationOptions().MaxNewTokens, GenerationOptions.Load(folder.Path).MaxNewTokens);
    }

    [Theory]
    [InlineData("""{ "num_beams": 4 }""", "num_beams is 4")]
    [InlineData("""{ "num_beams": [4] }""", "num_beams is [4]")]
    [InlineData("""{ "num_beams": {} }""", "num_beams is {}")]
    [InlineData("""{ "eos_token_id": [2, null] }""", "eos_token_id is [2,null]")]
    [InlineData("""{ "stop_strings": [null] }""", "stop_strings is [null]")]
    [InlineData("""{ "no_repeat_ngram_size": 3 }""", "no_repeat_ngram_size is 3")]
    [InlineData("""{ "suppress_tokens": [1, 2] }""", "suppress_tokens is [1,2]")]
    [InlineData("""{ "do_sample": true, "top_p": 7 }""", "TopP is 7")]
    [InlineData("""{ "do_sample": "yes" }""", "generation_config.json")]
    [InlineData("""[1]""", "no JSON object")]
    [InlineData("""{ "a": """, "no JSON")]
    public void What_is_not_done_or_is_wrong_is_refused_by_name(string json, string message) =>
        Assert.Contains(message, Assert.Throws<ModelFormatException>(() => Read(json)).Message);

    private static GenerationOptions Read(string json)
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder["generation_config.json"], json);
        return GenerationOptions.Load(folder.Path);
    }
}
