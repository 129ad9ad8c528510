namespace PeftLabs.Plotting;

/// <summary>
/// The colours of all figures: those of Okabe and Ito (2008), which people with any colour vision tell apart. A memory category has the
/// same colour everywhere.
/// </summary>
public static class Palette
{
    private static readonly Dictionary<string, string> _categories = new()
    {
        ["Weights"] = "#0072B2",
        ["Adapters"] = "#D55E00",
        ["Gradients"] = "#E69F00",
        ["OptimizerState"] = "#CC79A7",
        ["Activations"] = "#009E73",
        ["Workspace"] = "#8C8C8C",
    };

    private static readonly Dictionary<string, string> _stages = new()
    {
        ["Load"] = "#DCE9F3",
        ["Forward"] = "#DDF0E6",
        ["Backward"] = "#FCEBD0",
        ["OptimizerStep"] = "#F3E1EC",
    };

    /// <summary>The colours of traces that stand for no category, in order.</summary>
    public static IReadOnlyList<string> Series { get; } =
        ["#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#8C8C8C", "#7A5C00"];

    /// <summary>The names of the memory categories, in the order in which figures stack them.</summary>
    public static IReadOnlyList<string> Categories { get; } = [.. _categories.Keys];

    internal const string Ink = "#24292F";
    internal const string Muted = "#57606A";
    internal const string Grid = "#E6E8EB";
    internal const string AxisLine = "#B8BEC5";
    internal const string Limit = "#B42318";

    /// <summary>The colour of a memory category; for another name, one of <see cref="Series"/>, always the same.</summary>
    public static string OfCategory(string name, int index = 0) =>
        _categories.GetValueOrDefault(name) ?? Series[(index + 5) % Series.Count];

    /// <summary>The pale colour of a stage's band: of a name that ends in that of a training stage, or else one by its place.</summary>
    public static string OfStage(string name, int index = 0) =>
        _stages.FirstOrDefault(stage => name.EndsWith(stage.Key, StringComparison.OrdinalIgnoreCase)).Value
            ?? _stages.Values.ElementAt(index % _stages.Count);
}
