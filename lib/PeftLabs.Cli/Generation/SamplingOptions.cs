using System.CommandLine;
using PeftLabs.Models;
using PeftLabs.Models.Generation;

namespace PeftLabs.Cli.Generation;

/// <summary>
/// The command-line options of generating text, under the names that <see cref="GenerationOptions"/> has for them, over what the model's
/// generation_config.json says.
/// </summary>
public sealed class SamplingOptions
{
    private readonly Option<int?> _maxNewTokens = Number<int?>("--max-new-tokens", "Tokens after which a text ends");
    private readonly Option<double?> _temperature = Number<double?>("--temperature", "What logits are divided by; 0: always the most likely token");
    private readonly Option<int?> _topK = Number<int?>("--top-k", "Draw from the k most likely tokens; 0 for all");
    private readonly Option<double?> _topP = Number<double?>("--top-p", "Draw from the most likely tokens that together have p; 1 for all");
    private readonly Option<double?> _minP = Number<double?>("--min-p", "Draw from tokens of at least that share of the likeliest one");
    private readonly Option<double?> _penalty = Number<double?>("--repetition-penalty", "What logits of tokens that came before are divided by");
    private readonly Option<ulong?> _seed = Number<ulong?>("--seed", "What is drawn follows from it");
    private readonly Option<string[]> _stop = new("--stop") { Description = "A text that ends the text, cut before it; may be given several times" };
    private readonly Option<int[]> _stopTokens = new("--stop-token") { Description = "A token's id that ends the text; may be given several times" };
    private readonly Option<string?> _cache = new("--cache") { Description = "How keys and values are stored: float32, bfloat16 or int8" };
    private readonly Option<bool> _noDefaults = new("--no-defaults")
    {
        Description = "Do not begin with what the model's generation_config.json says",
    };

    /// <summary>Adds the options to a command.</summary>
    public void AddTo(Command command)
    {
        Option[] all = [_maxNewTokens, _temperature, _topK, _topP, _minP, _penalty, _seed, _stop, _stopTokens, _cache, _noDefaults];
        foreach (var option in all)
            command.Add(option);
    }

    /// <summary>
    /// The options for a model's folder. Where a filter is given and no temperature, neither here nor by the model, that is 1: tokens are drawn.
    /// </summary>
    /// <exception cref="ModelFormatException">generation_config.json is broken, or asks for what the kit does not do.</exception>
    /// <exception cref="ArgumentException">A value is out of its range.</exception>
    /// <exception cref="FormatException">There is no cache of that format.</exception>
    public GenerationOptions Read(ParseResult parsed, string folder)
    {
        var start = parsed.GetValue(_noDefaults) ? new() : GenerationOptions.Load(folder);
        var filters = parsed.GetValue(_topK) is not null || parsed.GetValue(_topP) is not null || parsed.GetValue(_minP) is not null;
        return start with
        {
            MaxNewTokens = parsed.GetValue(_maxNewTokens) ?? start.MaxNewTokens,
            Temperature = parsed.GetValue(_temperature) ?? (filters && start.IsGreedy ? 1 : start.Temperature),
            TopK = parsed.GetValue(_topK) ?? start.TopK,
            TopP = parsed.GetValue(_topP) ?? start.TopP,
            MinP = parsed.GetValue(_minP) ?? start.MinP,
            RepetitionPenalty = parsed.GetValue(_penalty) ?? start.RepetitionPenalty,
            Seed = parsed.GetValue(_seed) ?? start.Seed,
            StopStrings = [.. start.StopStrings, .. parsed.GetValue(_stop) ?? []],
            StopTokens = [.. start.StopTokens, .. parsed.GetValue(_stopTokens) ?? []],
            Cache = CacheFormat.Parse(parsed.GetValue(_cache)) ?? start.Cache,
        };
    }

    private static Option<T> Number<T>(string name, string description) => new(name) { Description = description };
}
