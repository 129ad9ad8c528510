namespace PeftLabs.Plotting;

/// <summary>Where plotly.js is.</summary>
public static class PlotlyLibrary
{
    private const string Variable = "PLOTLY_JS";
    private static readonly string _place = Path.Combine("node_modules", "plotly.js-basic-dist-min", "plotly-basic.min.js");

    /// <summary>
    /// The path of plotly-basic.min.js: what the environment variable PLOTLY_JS names, or the one in artifacts/node_modules or node_modules
    /// of the nearest folder above the program or the current folder.
    /// </summary>
    /// <exception cref="FileNotFoundException">It is in none of these places.</exception>
    public static string Find() => TryFind() ?? throw new FileNotFoundException(
        $"plotly.js is not set up: no {Path.Combine("artifacts", _place)} above {AppContext.BaseDirectory} "
        + $"or {Environment.CurrentDirectory}, and {Variable} names no file. "
        + "Run: npm install --prefix artifacts --no-save --no-package-lock plotly.js-basic-dist-min");

    /// <summary>As <see cref="Find"/>, but null where it is not there.</summary>
    public static string? TryFind()
    {
        if (Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } named)
            return File.Exists(named) ? Path.GetFullPath(named) : null;
        return Above(AppContext.BaseDirectory).Concat(Above(Environment.CurrentDirectory))
            .SelectMany(folder => new[] { Path.Combine(folder, "artifacts", _place), Path.Combine(folder, _place) })
            .FirstOrDefault(File.Exists);
    }

    private static IEnumerable<string> Above(string start)
    {
        for (var folder = new DirectoryInfo(start); folder is not null; folder = folder.Parent) yield return folder.FullName;
    }
}
