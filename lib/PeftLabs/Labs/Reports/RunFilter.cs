using System.Globalization;
using System.Text.RegularExpressions;

namespace PeftLabs.Labs.Reports;

/// <summary>Which runs are asked for. A pattern with * or ? must match the whole text, one without is looked for in it; upper and lower
/// case count alike.</summary>
public sealed partial record RunFilter
{
    /// <summary>A pattern for the run's name; null for any.</summary>
    public string? Name { get; init; }

    /// <summary>A pattern for the model's name; null for any.</summary>
    public string? Model { get; init; }

    /// <summary>A pattern for the method, where one without * or ? must match it whole: "lora" is not "qlora"; null for any.</summary>
    public string? Method { get; init; }

    /// <summary>Runs that began then or later; null for any.</summary>
    public DateTimeOffset? Since { get; init; }

    /// <summary>Whether nothing is asked for in particular.</summary>
    public bool IsEmpty => this == new RunFilter();

    /// <summary>Whether a run is asked for.</summary>
    public bool Accepts(StoredRun run) =>
        Matches(run.Record.Name, Name, isWhole: false) && Matches(run.Model, Model, isWhole: false) && Matches(run.Method, Method, isWhole: true)
        && (Since is null || run.Record.Started >= Since);

    /// <summary>Reads a time: a date such as 2026-03-01, with a time of day or without (UTC where no offset is given), or an age such as
    /// 36h or 7d.</summary>
    /// <param name="text">The text.</param>
    /// <param name="now">From when an age counts.</param>
    /// <exception cref="FormatException">It is neither.</exception>
    public static DateTimeOffset ParseSince(string text, DateTimeOffset now)
    {
        if (Age().Match(text) is { Success: true } age && int.TryParse(age.Groups[1].Value, CultureInfo.InvariantCulture, out var count))
            return now - (age.Groups[2].Value == "h" ? TimeSpan.FromHours(count) : TimeSpan.FromDays(count));
        if (DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time))
            return time;
        throw new FormatException($"'{text}' is no date: write 2026-03-01, 2026-03-01T14:15 (UTC), or an age such as 36h or 7d.");
    }

    private static bool Matches(string? text, string? pattern, bool isWhole)
    {
        if (pattern is null)
            return true;
        if (!pattern.AsSpan().ContainsAny('*', '?'))
            return isWhole ? pattern.Equals(text, StringComparison.OrdinalIgnoreCase) : text?.Contains(pattern, StringComparison.OrdinalIgnoreCase) == true;
        var expression = $"^{Regex.Escape(pattern).Replace("\\*", ".*").Replace("\\?", ".")}$";
        return text is not null && Regex.IsMatch(text, expression, RegexOptions.IgnoreCase | RegexOptions.Singleline);
    }

    [GeneratedRegex("^([0-9]{1,4})([hd])$")]
    private static partial Regex Age();
}
