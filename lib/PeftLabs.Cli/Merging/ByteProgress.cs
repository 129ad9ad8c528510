using System.Globalization;
using PeftLabs.Memory;

namespace PeftLabs.Cli.Merging;

/// <summary>A line for every tenth of the bytes of a long job.</summary>
public sealed class ByteProgress(TextWriter lines) : IProgress<(long Done, long Total)>
{
    private long _tenths;

    /// <summary>Progress to a writer.</summary>
    public static ByteProgress On(TextWriter lines) => new(lines);

    /// <inheritdoc/>
    public void Report((long Done, long Total) value)
    {
        var tenths = value.Total > 0 ? Math.Min(10, 10 * value.Done / value.Total) : 10;
        if (tenths <= _tenths)
            return;
        _tenths = tenths;
        lines.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{10 * tenths} %  {ByteSize.Format(value.Done)} of {ByteSize.Format(Math.Max(value.Total, value.Done))} written"));
    }
}
