using System.Text.RegularExpressions;

namespace PeftLabs.Hub;

/// <summary>A model of the hub by name, OWNER/NAME or NAME, and the revision of its repository: a branch, a tag or a commit.</summary>
public sealed partial record HubModelName
{
    /// <summary>The branch that is meant where no revision is named.</summary>
    public const string DefaultRevision = "main";

    private const string Word = "[A-Za-z0-9_]([A-Za-z0-9_.-]*[A-Za-z0-9_])?";

    private HubModelName(string id, string revision) => (Id, Revision) = (id, revision);

    /// <summary>OWNER/NAME, or NAME alone for the hub's oldest models.</summary>
    public string Id { get; }

    /// <summary>A branch, a tag, a reference such as refs/pr/1, or a commit.</summary>
    public string Revision { get; }

    /// <summary>Whether the revision is a full commit hash, which always means the same files.</summary>
    public bool IsCommit => CommitPattern.IsMatch(Revision);

    [GeneratedRegex(@"^[0-9a-f]{40}\z")]
    internal static partial Regex CommitPattern { get; }

    // The rules of huggingface_hub's validate_repo_id.
    [GeneratedRegex($@"^(?=.{{1,96}}\z)(?!.*(--|\.\.|\.git\z))({Word}/)?{Word}\z")]
    private static partial Regex IdPattern { get; }

    // git's check-ref-format, as far as it keeps a reference from being a path that leads elsewhere.
    [GeneratedRegex(@"^(?!.*(\.\.|//|@\{|/\.|\.lock(/|\z)))[^./\x00- ~^:?*[\\\x7f][^\x00- ~^:?*[\\\x7f]*(?<![/.])\z")]
    private static partial Regex RevisionPattern { get; }

    /// <summary>Reads OWNER/NAME or OWNER/NAME@revision.</summary>
    /// <exception cref="ArgumentException">The text is no such name.</exception>
    public static HubModelName Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        if (TryParse(text, out var name))
            return name;
        var id = text.Split('@', 2)[0];
        throw new ArgumentException(IdPattern.IsMatch(id)
            ? $"'{text}' names no revision after '@': a branch, a tag or a commit is wanted."
            : $"'{text}' is no model's name: it is OWNER/NAME or OWNER/NAME@revision, of letters, digits, '-', '_' and '.'.", nameof(text));
    }

    /// <summary>The same without an exception; false where the text is no such name.</summary>
    public static bool TryParse(string text, [System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out HubModelName? name)
    {
        var (id, revision) = text.Split('@', 2) is [var before, var after] ? (before, after) : (text, DefaultRevision);
        name = IdPattern.IsMatch(id) && RevisionPattern.IsMatch(revision) ? new(id, revision) : null;
        return name is not null;
    }

    /// <summary>As <see cref="Parse"/> reads it.</summary>
    public override string ToString() => Revision == DefaultRevision ? Id : $"{Id}@{Revision}";
}
