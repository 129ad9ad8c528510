using System.Text.Json;
using System.Text.Json.Nodes;

namespace PeftLabs.Models.Generation;

/// <summary>Reads generation_config.json, in which a model's authors say how it is best continued.</summary>
internal static class GenerationConfigFile
{
    // What transformers' GenerationConfig has where a file says nothing.
    private const int DefaultTopK = 50;

    // What changes a text and is not done here, with the value at which it changes nothing.
    private static readonly (string Name, double Neutral)[] s_numbers =
    [
        ("num_beams", 1), ("num_beam_groups", 1), ("penalty_alpha", 0), ("no_repeat_ngram_size", 0), ("encoder_no_repeat_ngram_size", 0),
        ("encoder_repetition_penalty", 1), ("min_length", 0), ("min_new_tokens", 0), ("typical_p", 1), ("epsilon_cutoff", 0), ("eta_cutoff", 0),
        ("top_h", 1), ("guidance_scale", 1),
    ];

    private static readonly string[] s_lists =
    [
        "bad_words_ids", "force_words_ids", "constraints", "sequence_bias", "suppress_tokens", "begin_suppress_tokens", "forced_bos_token_id",
        "forced_eos_token_id", "exponential_decay_length_penalty", "watermarking_config", "dola_layers",
    ];

    /// <summary>As <see cref="GenerationOptions.Load"/>.</summary>
    public static GenerationOptions Read(string folder)
    {
        var file = Path.Combine(folder, "generation_config.json");
        if (!File.Exists(file))
            return new();
        var json = Parse(file);
        RefuseOthers(file, json);
        try
        {
            var options = new GenerationOptions();
            var samples = json["do_sample"]?.GetValue<bool>() ?? false;
            return options with
            {
                MaxNewTokens = (int?)json["max_new_tokens"] ?? options.MaxNewTokens,
                Temperature = samples ? (double?)json["temperature"] ?? 1 : 0,
                TopK = samples ? TopK(json) : 0,
                TopP = samples ? (double?)json["top_p"] ?? 1 : 1,
                MinP = samples ? (double?)json["min_p"] ?? 0 : 0,
                RepetitionPenalty = (double?)json["repetition_penalty"] ?? 1,
                StopTokens = OneOrMore<int>(json, "eos_token_id"),
                StopStrings = OneOrMore<string>(json, "stop_strings"),
            };
        }
        catch (Exception e) when (e is InvalidOperationException or FormatException or ArgumentException or OverflowException)
        {
            throw new ModelFormatException(file, e.Message);
        }
    }

    // A null that is written down switches the filter off.
    private static int TopK(JsonObject json) => json.ContainsKey("top_k") ? (int?)json["top_k"] ?? 0 : DefaultTopK;

    private static List<T> OneOrMore<T>(JsonObject json, string name) => json[name] switch
    {
        null => [],
        JsonArray many when many.Contains(null) => throw new FormatException($"{name} is {many.ToJsonString()}; none of the list may be null."),
        JsonArray many => [.. many.Select(one => one!.GetValue<T>())],
        { } one => [one.GetValue<T>()],
    };

    private static JsonObject Parse(string file)
    {
        try
        {
            return JsonNode.Parse(File.ReadAllText(file)) as JsonObject ?? throw new ModelFormatException(file, "it holds no JSON object.");
        }
        catch (JsonException e)
        {
            throw new ModelFormatException(file, $"it is no JSON: {e.Message}");
        }
    }

    private static void RefuseOthers(string file, JsonObject json)
    {
        foreach (var (name, neutral) in s_numbers)
            if (json[name] is { } value && !(value is JsonValue one && one.TryGetValue<double>(out var number) && number == neutral))
                throw Refused(file, name, value);
        foreach (var name in s_lists)
            if (json[name] is { } value and not JsonArray { Count: 0 })
                throw Refused(file, name, value);
    }

    private static ModelFormatException Refused(string file, string name, JsonNode value) => new(file,
        $"{name} is {value.ToJsonString()}, which the kit does not do; give options of your own instead of the model's (lab: --no-defaults).");
}
