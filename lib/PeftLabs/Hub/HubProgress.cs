using System.Globalization;
using PeftLabs.Memory;

namespace PeftLabs.Hub;

/// <summary>How far a pull is.</summary>
public sealed record HubProgress
{
    /// <summary>Bytes that are there, those of earlier pulls among them.</summary>
    public required long Done { get; init; }

    /// <summary>Bytes of all files that are wanted.</summary>
    public required long Total { get; init; }

    /// <summary>Files that are complete and checked.</summary>
    public required int FilesDone { get; init; }

    /// <summary>Files that are wanted.</summary>
    public required int Files { get; init; }

    /// <summary>The speed over the last ten seconds; null before there is one.</summary>
    public double? BytesPerSecond { get; init; }

    /// <summary>Something that has just happened and that a reader should know: a wait, a cut connection, a wrong hash.</summary>
    public string? Notice { get; init; }

    /// <summary>The time left at that speed; null before there is one.</summary>
    public TimeSpan? Left => BytesPerSecond is > 0 ? TimeSpan.FromSeconds(Math.Min((Total - Done) / BytesPerSecond.Value, 1e8)) : null;

    /// <summary>"42 %  113 MiB of 269 MiB  2 of 7 files  24.5 MiB/s  6 s left".</summary>
    public override string ToString()
    {
        var percent = Total > 0 ? 100 * Done / Total : 100;
        var speed = BytesPerSecond is { } rate ? $"  {ByteSize.Format((long)rate)}/s" : "";
        var left = Done < Total && Left is { } time ? $"  {TimeText.Format(time)} left" : "";
        return string.Create(CultureInfo.InvariantCulture,
            $"{percent} %  {ByteSize.Format(Done)} of {ByteSize.Format(Total)}  {FilesDone} of {Files} files{speed}{left}");
    }
}
