namespace PeftLabs.Labs;

/// <summary>What of the data, the software and the machine differs from a run's.</summary>
internal static class RunSurroundings
{
    public static IReadOnlyList<RunDifference> Differences(RunRecord record, LabData data) =>
    [
        .. Differ("data hash", record.DataHash, data.Hash),
        .. Differences(record.Versions, SoftwareVersions.Current),
        .. Differences(record.Machine, MachineInfo.Current),
    ];

    private static IEnumerable<RunDifference> Differences(SoftwareVersions then, SoftwareVersions now) =>
    [
        .. Differ("kit", then.Kit, now.Kit),
        .. Differ("commit", then.Commit, now.Commit),
        .. Differ("work tree", Tree(then), Tree(now)),
        .. Differ(".NET", then.DotNet, now.DotNet),
        .. Differ("libtorch", then.Torch, now.Torch),
    ];

    private static IEnumerable<RunDifference> Differences(MachineInfo then, MachineInfo now) =>
    [
        .. Differ("operating system", then.OperatingSystem, now.OperatingSystem),
        .. Differ("architecture", then.Architecture, now.Architecture),
        .. Differ("processor", then.Processor, now.Processor),
        .. Differ("cores", $"{then.Cores}", $"{now.Cores}"),
        .. Differ("GPUs", string.Join(", ", then.Gpus), string.Join(", ", now.Gpus)),
        .. Differ("BLAS", then.Blas, now.Blas),
    ];

    private static string? Tree(SoftwareVersions versions) => versions.Modified switch { true => "modified", false => "as committed", null => null };

    private static IEnumerable<RunDifference> Differ(string what, string? then, string? now)
    {
        if (then != now)
            yield return new(what, then is { Length: > 0 } ? then : "none", now is { Length: > 0 } ? now : "none");
    }
}
