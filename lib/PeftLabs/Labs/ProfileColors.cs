using PeftLabs.Memory.Profiling;
using PeftLabs.Plotting;

namespace PeftLabs.Labs;

/// <summary>The colours of a profile's scopes, by what they compute: pale ones of <see cref="Palette"/>, so that labels can be read.</summary>
internal static class ProfileColors
{
    private const string Group = "#ECEEF1";

    private static readonly (string Name, string Color) s_attentionProjections = ("projections of attention", "#9CC9E8");
    private static readonly (string Name, string Color) s_attention = ("attention", "#84CFB4");
    private static readonly (string Name, string Color) s_feedForward = ("projections of feed-forward", "#F3B48E");
    private static readonly (string Name, string Color) s_elementwise = ("element by element", "#F5DA97");
    private static readonly (string Name, string Color) s_ends = ("embedding, head, loss", "#E4B7D2");
    private static readonly (string Name, string Color) s_optimizer = ("optimizer", "#B9ADDC");
    private static readonly (string Name, string Color) s_stores = ("checkpoints, streaming", "#A9E0E8");
    private static readonly (string Name, string Color) s_engine = ("autograd", "#BFC5CC");

    /// <summary>The colours and what they mean, in the legend's order.</summary>
    public static IReadOnlyList<(string Name, string Color)> Keys { get; } =
        [s_attentionProjections, s_attention, s_feedForward, s_elementwise, s_ends, s_optimizer, s_stores, s_engine];

    /// <summary>The colour of a scope; light grey for one that is no operator's.</summary>
    public static string Of(ScopeCost scope)
    {
        var name = scope.Operator.Split(',')[0];
        return name switch
        {
            ScopeCost.Other => Group,
            "attention" => s_attention.Color,
            "norm" or "rotation" or "SwiGLU" or "residual" or "final norm" => s_elementwise.Color,
            "embedding" or "head" or "loss" or "cross entropy" or "targets" => s_ends.Color,
            "optimizer rule" or "optimizer state" or "gradient norm" or "freed gradients" or "loss scaling" => s_optimizer.Color,
            "checkpoint store" or "streaming read" => s_stores.Color,
            "autograd" => s_engine.Color,
            _ when scope.Path.Contains("› self-attention ›", StringComparison.Ordinal) => s_attentionProjections.Color,
            _ when scope.Path.Contains("› feed-forward ›", StringComparison.Ordinal) => s_feedForward.Color,
            _ => "#D9DDE2",
        };
    }
}
