namespace PeftLabs.Labs;

/// <summary>Finds runs among those that are kept.</summary>
public static class RunFolder
{
    /// <summary>The folder of a run.</summary>
    /// <param name="run">A run's folder, its id, or the beginning of its id.</param>
    /// <param name="runs">The folder of all runs.</param>
    /// <exception cref="FileNotFoundException">There is no such run.</exception>
    /// <exception cref="ArgumentException">Several runs' ids begin so.</exception>
    public static string Find(string run, string runs)
    {
        if (File.Exists(Path.Combine(run, RunRecord.FileName)))
            return run;
        var found = run.Length == 0 || !Directory.Exists(runs) ? [] : Directory.GetDirectories(runs)
            .Where(f => Path.GetFileName(f).StartsWith(run, StringComparison.Ordinal) && File.Exists(Path.Combine(f, RunRecord.FileName)))
            .Order(StringComparer.Ordinal).ToList();
        return found.FirstOrDefault(f => Path.GetFileName(f) == run) ?? found switch
        {
            [var only] => only,
            [] => throw new FileNotFoundException($"There is no run '{run}': it is no folder of a run, and no id in {runs} begins so."),
            _ => throw new ArgumentException($"{found.Count} runs begin with '{run}': {string.Join(", ", found.Take(5).Select(Path.GetFileName))}"
                + $"{(found.Count > 5 ? ", …" : "")}. Give more of the id."),
        };
    }
}
