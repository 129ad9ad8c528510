using System.Globalization;

namespace PeftLabs.Hub;

/// <summary>Spans of time as text.</summary>
internal static class Seconds
{
    /// <summary>"0.2 s", "45 s", "12 min", "1.5 h".</summary>
    public static string Text(TimeSpan span) => span.TotalSeconds switch
    {
        < 1.95 => string.Create(CultureInfo.InvariantCulture, $"{span.TotalSeconds:0.0} s"),
        < 90 => string.Create(CultureInfo.InvariantCulture, $"{span.TotalSeconds:0} s"),
        < 5400 => string.Create(CultureInfo.InvariantCulture, $"{span.TotalMinutes:0} min"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{span.TotalHours:0.0} h"),
    };
}
