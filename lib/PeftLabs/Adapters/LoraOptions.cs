using System.Text.RegularExpressions;

namespace PeftLabs.Adapters;

/// <summary>How LoRA (arXiv 2106.09685) is hung on a model. The names are PEFT's.</summary>
public sealed record LoraOptions
{
    private readonly int _rank = 8;
    private readonly double _alpha = 8, _dropout;

    /// <summary>The rank r of the update, at least 1.</summary>
    public int Rank
    {
        get => _rank;
        init => _rank = value > 0 ? value : throw Wrong(nameof(Rank), value, "a whole number above 0");
    }

    /// <summary>The numerator of the scaling, above 0.</summary>
    public double Alpha
    {
        get => _alpha;
        init => _alpha = value > 0 && double.IsFinite(value) ? value : throw Wrong(nameof(Alpha), value, "a number above 0");
    }

    /// <summary>Share of the input's features set to zero on the way to A while training; 0 up to, not including, 1.</summary>
    public double Dropout
    {
        get => _dropout;
        init => _dropout = value is >= 0 and < 1 ? value : throw Wrong(nameof(Dropout), value, "from 0 up to, not including, 1");
    }

    /// <summary>The projections it hangs on.</summary>
    public TargetModules TargetModules { get; init; } = TargetModules.Named("q_proj", "v_proj");

    /// <summary>Rank-stabilised scaling, α/√r instead of α/r (arXiv 2312.03732).</summary>
    public bool UseRankStabilizedScaling { get; init; }

    /// <summary>Ranks of single modules: a path's end, or a regular expression for it, to the rank.</summary>
    public IReadOnlyDictionary<string, int> RankPattern { get; init; } = new Dictionary<string, int>();

    /// <summary>Alphas of single modules, as <see cref="RankPattern"/>.</summary>
    public IReadOnlyDictionary<string, double> AlphaPattern { get; init; } = new Dictionary<string, double>();

    /// <summary>The biases that are trained.</summary>
    public BiasMode Bias { get; init; }

    /// <summary>The blocks it is limited to; null for all.</summary>
    public IReadOnlyList<int>? LayersToTransform { get; init; }

    /// <summary>The rank of a module.</summary>
    public int RankOf(string path) => Find(RankPattern, path, Rank);

    /// <summary>The scaling of a module's update: α/r, or α/√r.</summary>
    public double ScalingOf(string path)
    {
        var (rank, alpha) = (RankOf(path), Find(AlphaPattern, path, Alpha));
        return alpha / (UseRankStabilizedScaling ? Math.Sqrt(rank) : rank);
    }

    private static T Find<T>(IReadOnlyDictionary<string, T> patterns, string path, T otherwise)
    {
        foreach (var (pattern, value) in patterns)
        {
            if (Regex.IsMatch(path, $@"^(?:.*\.)?(?:{pattern})$"))
                return value;
        }
        return otherwise;
    }

    private static ArgumentOutOfRangeException Wrong(string option, object value, string right) =>
        new(option, value, $"{option} is {value}; it must be {right}.");
}
