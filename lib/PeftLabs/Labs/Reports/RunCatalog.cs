using System.Text.RegularExpressions;

namespace PeftLabs.Labs.Reports;

/// <summary>The runs in a folder: lists them, and finds one by what a user calls it.</summary>
/// <param name="folder">The folder of all runs, such as <see cref="LabPaths.Runs"/>; it need not exist.</param>
public sealed partial class RunCatalog(string folder)
{
    private const int Shown = 5;

    /// <summary>The word for the newest run.</summary>
    public const string Latest = "latest";

    /// <summary>The folder of all runs.</summary>
    public string Folder { get; } = folder;

    /// <summary>The ids of all runs, newest first: ids begin with the time.</summary>
    public IReadOnlyList<string> Ids => !Directory.Exists(Folder)
        ? []
        : [.. Directory.EnumerateDirectories(Folder).Select(path => Path.GetFileName(path)!).Where(name => Id().IsMatch(name)).OrderDescending()];

    /// <summary>Reads the runs, newest first, each when it is asked for. A damaged folder is listed with what is wrong with it.</summary>
    public IEnumerable<ListedRun> List() => Ids.Select(Read);

    /// <summary>Whether there is a folder of this run.</summary>
    public bool Has(string id) => Id().IsMatch(id) && Directory.Exists(Path.Combine(Folder, id));

    /// <summary>Reads a run, or what is wrong with its folder.</summary>
    /// <param name="id">The run's id.</param>
    public ListedRun Read(string id)
    {
        var path = Path.Combine(Folder, id);
        try
        {
            return new(path, StoredRun.Load(path), null);
        }
        catch (Exception error) when (error is InvalidDataException or IOException or UnauthorizedAccessException)
        {
            return new(path, null, error.Message.ReplaceLineEndings(" "));
        }
    }

    /// <summary>Finds and reads a run.</summary>
    /// <param name="name">A run's folder, its id or the beginning of it, the beginning of the id's last eight digits, or
    /// <see cref="Latest"/>.</param>
    /// <exception cref="ArgumentException">It is the name of no run, or of several; the message names some.</exception>
    /// <exception cref="InvalidDataException">The run's folder is damaged; the message says where.</exception>
    /// <exception cref="FileNotFoundException">The run's folder lacks a file.</exception>
    public StoredRun Find(string name) => StoredRun.Load(FolderOf(name));

    /// <summary>Finds and reads the runs of a ladder, or one run.</summary>
    /// <param name="name">A ladder's folder or its ladder.json, or what <see cref="Find"/> takes.</param>
    /// <param name="say">Told of rungs that have no run.</param>
    /// <exception cref="ArgumentException">It is the name of no run or ladder, or of several runs.</exception>
    /// <exception cref="InvalidDataException">A file is damaged; the message says where.</exception>
    /// <exception cref="FileNotFoundException">A run's folder lacks a file.</exception>
    public IReadOnlyList<StoredRun> FindAll(string name, Action<string>? say = null)
    {
        var folder = Path.GetFileName(name) == LadderReport.FileName && File.Exists(name) ? Path.GetDirectoryName(Path.GetFullPath(name))! : name;
        if (name.Length == 0 || LadderReport.TryLoad(folder) is not { } ladder)
            return [Find(name)];
        foreach (var rung in ladder.Rungs.Where(rung => rung.Run is null))
            say?.Invoke($"The rung '{rung.Key}' has no run{(rung.Error is null ? "" : $": {rung.Error}")}.");
        var ids = ladder.Rungs.Select(rung => rung.Run).OfType<string>().ToList();
        return ids.Count > 0 ? [.. ids.Select(Find)] : throw new ArgumentException($"No rung of the ladder in '{folder}' has run.");
    }

    /// <summary>The folder that a user means, without reading it.</summary>
    /// <exception cref="ArgumentException">It is the name of no run, or of several; the message names some.</exception>
    public string FolderOf(string name)
    {
        if (Directory.Exists(name) && (name.Contains('/') || name.Contains(Path.DirectorySeparatorChar) || File.Exists(Path.Combine(name, RunRecord.FileName))))
            return Path.TrimEndingDirectorySeparator(name);
        var ids = Ids;
        if (ids.Count == 0)
            throw new ArgumentException($"There is no run '{name}': {Folder} holds no runs.");
        var found = name == Latest ? [ids[0]] : Matching(ids, name);
        return found.Count switch
        {
            1 => Path.Combine(Folder, found[0]),
            0 => throw new ArgumentException($"There is no run '{name}' in {Folder}; the newest are {Few(ids)}. ./lab runs lists them."),
            _ => throw new ArgumentException($"'{name}' is the beginning of {found.Count} runs: {Few(found)}. Give more of it."),
        };
    }

    private static List<string> Matching(IReadOnlyList<string> ids, string name)
    {
        if (name.Length == 0)
            return [];
        List<string> found = [.. ids.Where(id => id.StartsWith(name, StringComparison.OrdinalIgnoreCase))];
        return found.Count > 0 ? found : [.. ids.Where(id => id[^8..].StartsWith(name, StringComparison.OrdinalIgnoreCase))];
    }

    private static string Few(IReadOnlyList<string> ids) => string.Join(", ", ids.Take(Shown)) + (ids.Count > Shown ? $" and {ids.Count - Shown} more" : "");

    [GeneratedRegex("^[0-9]{8}-[0-9]{6}-[0-9a-f]{8}$")]
    private static partial Regex Id();
}
