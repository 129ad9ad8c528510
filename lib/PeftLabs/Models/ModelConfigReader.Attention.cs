using System.Text.Json.Nodes;

namespace PeftLabs.Models;

// Positions, windows and caps.
internal sealed partial class ModelConfigReader
{
    private const string Sliding = "sliding_attention", Full = "full_attention";

    private RotaryConfig Rotary(int headSize)
    {
        // transformers 5 writes rope_parameters; before it, rope_theta stood alone and rope_scaling beside it.
        var rope = _json["rope_parameters"] as JsonObject ?? _json["rope_scaling"] as JsonObject;
        var theta = rope?["rope_theta"] is not null ? Number("rope_theta", 10000, rope)
            : Number("rope_theta", Number("rotary_emb_base", 10000));
        var type = (rope?["rope_type"] ?? rope?["type"])?.ToString() ?? "default";
        var rotary = new RotaryConfig { Theta = theta, Fraction = Fraction(rope, headSize) };
        return type switch
        {
            "default" => rotary,
            "llama3" => rotary with
            {
                Scaling = new Llama3RotaryScaling(Required(rope!, "factor"), Required(rope!, "low_freq_factor"),
                    Required(rope!, "high_freq_factor"), (int)Required(rope!, "original_max_position_embeddings")),
            },
            "longrope" or "su" => rotary with { LongScaling = LongScaling(rope!, rotary.Features(headSize) / 2) },
            _ => throw Refused("rope_type", $"'{type}'", "'default', 'llama3' or 'longrope'"),
        };
    }

    private double Fraction(JsonObject? rope, int headSize)
    {
        var fraction = Number("partial_rotary_factor", Number("partial_rotary_factor", Number("rotary_pct", _fields.RotaryFraction ?? 1)), rope);
        if (_fields.RotaryFraction is null && fraction != 1)
            throw Refused("partial_rotary_factor", $"{fraction}", $"1, the only value that is implemented for {_family.Architecture},");
        if (fraction is not (>= 0 and <= 1))
            throw Refused("partial_rotary_factor or rotary_pct", $"{fraction}", "a share of a head's features, 0 to 1,");
        if (new RotaryConfig { Fraction = fraction }.Features(headSize) is var turned && turned % 2 == 1)
            throw Refused("partial_rotary_factor or rotary_pct", $"{fraction}, which turns {turned} of a head's {headSize} features",
                "an even number of them");
        return fraction;
    }

    private LongRotaryScaling LongScaling(JsonObject rope, int frequencies)
    {
        var original = (int)Number("original_max_position_embeddings", Number("original_max_position_embeddings", 4096), rope);
        if (rope["short_mscale"] is not null || rope["long_mscale"] is not null)
            throw Refused("short_mscale or long_mscale", "given", "neither, and one attention_factor for all texts,");
        var factor = Number("factor", (double)Integer(_fields.MaxPositions, original) / original, rope);
        return new(Factors(rope, "short_factor", frequencies), Factors(rope, "long_factor", frequencies), original,
            Number("attention_factor", LongRotaryScaling.AttentionFor(factor, original), rope));
    }

    private double[] Factors(JsonObject rope, string name, int count)
    {
        if (rope[name] is not JsonArray list || list.Count != count || list.Any(f => f is not JsonValue v || !v.TryGetValue<double>(out _)))
            throw Refused(name, rope[name] is JsonArray other ? $"a list of {other.Count}" : rope[name]?.ToJsonString() ?? "missing",
                $"a list of {count} numbers, one for each pair of features,");
        return [.. list.Select(f => f!.GetValue<double>())];
    }

    private (int? Window, IReadOnlyList<int>? Layers) Window(int layers)
    {
        var types = LayerTypes(layers);
        var isGiven = _json.ContainsKey("sliding_window") ? _json["sliding_window"] is not null : _fields.DefaultWindow is not null;
        if (!_fields.HasWindow || _fields.IsWindowOptional && !Flag("use_sliding_window") || !isGiven)
            return (null, null);
        var window = Integer("sliding_window", _fields.DefaultWindow);
        if (window < 1)
            throw Refused("sliding_window", $"{window}", "at least 1, or null,");
        var first = _fields.IsWindowOptional ? Integer("max_window_layers", 28) : 0;
        int[] windowed = [.. Enumerable.Range(0, layers).Where(i => types is null
            ? i >= first && !(_fields.IsWindowAlternating && i % 2 == 1)
            : types[i] == Sliding)];
        return windowed.Length == layers ? (window, null) : (window, windowed);
    }

    private string[]? LayerTypes(int layers)
    {
        if (_json["layer_types"] is not JsonArray types)
            return null;
        string[] names = [.. types.Select(t => t?.ToString() ?? "null")];
        if (names.Length != layers || names.Any(name => name != Full && !(name == Sliding && _fields.HasWindow)))
            throw Refused("layer_types", types.ToJsonString(), $"'{Full}'{(_fields.HasWindow ? $" or '{Sliding}'" : "")} for each of the {layers} layers");
        return names;
    }

    // Only where it is not what all models have.
    private double? AttentionScale(int headSize) =>
        _fields.HasSoftCaps && Number("query_pre_attn_scalar", 256) is var scalar && scalar != headSize ? 1 / Math.Sqrt(scalar) : null;

    private double? SoftCap(string name, double fallback)
    {
        if (!_fields.HasSoftCaps || _json.ContainsKey(name) && _json[name] is null)
            return null;
        var cap = Number(name, fallback);
        return cap > 0 ? cap : throw Refused(name, $"{cap}", "a number above 0, or null,");
    }
}
