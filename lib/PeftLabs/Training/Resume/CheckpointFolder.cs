using System.Globalization;
using System.Text.RegularExpressions;

namespace PeftLabs.Training;

/// <summary>The folder in which a run's checkpoints lie, and who may write there.</summary>
internal sealed partial class CheckpointFolder(string folder) : IDisposable
{
    private FileStream? _lock;

    public string Path { get; } = System.IO.Path.GetFullPath(folder);

    public string Of(int step) => System.IO.Path.Combine(Path, string.Create(CultureInfo.InvariantCulture, $"step-{step:000000}"));

    /// <summary>What has a checkpoint's name, the latest step first.</summary>
    public IReadOnlyList<(int Step, string Folder)> Newest() => !Directory.Exists(Path) ? [] :
        [.. Directory.EnumerateDirectories(Path).Where(d => Name().IsMatch(System.IO.Path.GetFileName(d)))
            .Select(d => (int.Parse(System.IO.Path.GetFileName(d).AsSpan(5), CultureInfo.InvariantCulture), d)).OrderDescending()];

    /// <summary>Makes the folder, keeps other processes out, and clears away what a killed one left half-written or half-removed.</summary>
    /// <exception cref="IOException">Another process uses it, or it cannot be written.</exception>
    public void Enter()
    {
        if (_lock is not null)
            return;
        Directory.CreateDirectory(Path);
        // Advisory on Unix, and gone with the process however it ends.
        _lock = new FileStream(System.IO.Path.Combine(Path, ".lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        foreach (var left in Directory.EnumerateDirectories(Path, ".step-*.tmp"))
            Directory.Delete(left, recursive: true);
    }

    /// <summary>Removes a checkpoint, where there is one. It loses its name first, so that a rest never looks like one.</summary>
    public void Remove(string checkpoint)
    {
        if (!Directory.Exists(checkpoint))
            return;
        var aside = System.IO.Path.Combine(Path, $".{System.IO.Path.GetFileName(checkpoint)}.{System.IO.Path.GetRandomFileName()}.tmp");
        Directory.Move(checkpoint, aside);
        Directory.Delete(aside, recursive: true);
    }

    public void Dispose()
    {
        _lock?.Dispose();
        _lock = null;
    }

    [GeneratedRegex(@"^step-\d{6,9}$")]
    private static partial Regex Name();
}
