using System.Text.Json.Nodes;
using PeftLabs.Models;
using PeftLabs.Quantization;

namespace PeftLabs.Planning;

/// <summary>
/// How the projections of a plan's blocks are stored: as the options say, but where config.json says that the checkpoint is quantized,
/// in its own format, in blocks of 64, which is what bitsandbytes has.
/// </summary>
internal sealed class PlannedFormats(TrainingPlan plan)
{
    private readonly BlockFormat4? _quantized = Quantized(plan.Config);
    private readonly IReadOnlyList<string> _unquantized = Unquantized(plan.Config);

    /// <summary>The format of the projection at a path.</summary>
    public WeightFormat Of(string path) => IsQuantized(path) ? _quantized! : plan.Loading.FormatOf(path);

    /// <summary>Whether the checkpoint holds it quantized.</summary>
    public bool IsQuantized(string path) => _quantized is not null && !_unquantized.Any(name => ModelLoadOptions.Names(name, path));

    /// <summary>The modules that are stored otherwise than the rest.</summary>
    public static IEnumerable<string> SkippedNames(TrainingPlan plan) => plan.Loading.SkipModules.Concat(Unquantized(plan.Config));

    private static BlockFormat4? Quantized(ModelConfig config)
    {
        if (!config.IsBitsAndBytes4Bit)
            return null;
        var fields = config.Source?["quantization_config"] as JsonObject;
        var book = fields?["bnb_4bit_quant_type"]?.ToString() == "nf4" ? CodeBook4.NF4 : CodeBook4.FP4;
        return new(book, doubleQuantization: fields?["bnb_4bit_use_double_quant"]?.ToString() == "true");
    }

    private static IReadOnlyList<string> Unquantized(ModelConfig config) =>
        config.IsBitsAndBytes4Bit && config.Source?["quantization_config"]?["llm_int8_skip_modules"] is JsonArray names
            ? [.. names.Select(n => n?.ToString() ?? "")] : [];
}
