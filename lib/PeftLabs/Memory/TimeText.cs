using System.Globalization;

namespace PeftLabs.Memory;

/// <summary>Spans of time as a person reads them, such as the time that is left; as <see cref="ByteSize"/> has sizes.</summary>
public static class TimeText
{
    /// <summary>"0.2 s", "45 s", "12 min", "1.5 h".</summary>
    public static string Format(TimeSpan span) => span.TotalSeconds switch
    {
        < 1.95 => string.Create(CultureInfo.InvariantCulture, $"{span.TotalSeconds:0.0} s"),
        < 90 => string.Create(CultureInfo.InvariantCulture, $"{span.TotalSeconds:0} s"),
        < 5400 => string.Create(CultureInfo.InvariantCulture, $"{span.TotalMinutes:0} min"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{span.TotalHours:0.0} h"),
    };
}
