using PeftLabs.Formats;

namespace PeftLabs.Tests.Formats;

public sealed class AtomicFolderTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private string[] Names => [.. Directory.GetFileSystemEntries(_folder.Path).Select(path => Path.GetFileName(path)).Order(StringComparer.Ordinal)];

    private void Fill(AtomicFolder folder, string text) => File.WriteAllText(Path.Combine(folder.Temporary, "text"), text);

    [Fact]
    public void A_folder_appears_when_it_is_committed_and_otherwise_leaves_nothing()
    {
        using (var left = new AtomicFolder(_folder["a"]))
            Fill(left, "one");
        Assert.Empty(Names);
        using var folder = new AtomicFolder(_folder["a"]);
        Fill(folder, "two");
        folder.Commit();
        Assert.Equal(["a"], Names);
    }

    [Fact]
    public void Where_the_new_folder_cannot_take_its_place_the_old_one_stays()
    {
        Directory.CreateDirectory(_folder["a"]);
        File.WriteAllText(Path.Combine(_folder["a"], "text"), "old");
        using var folder = new AtomicFolder(_folder["a"], replaces: true);
        Directory.Delete(folder.Temporary, recursive: true);
        Assert.ThrowsAny<IOException>(folder.Commit);
        Assert.Equal("old", File.ReadAllText(Path.Combine(_folder["a"], "text")));
    }

    [Fact]
    public void A_folder_that_holds_something_is_replaced_only_where_that_is_said_and_stays_until_the_new_one_stands()
    {
        Directory.CreateDirectory(_folder["a"]);
        File.WriteAllText(Path.Combine(_folder["a"], "text"), "old");
        Assert.Contains("holds 'text'", Assert.Throws<IOException>(() => new AtomicFolder(_folder["a"])).Message);
        using (var left = new AtomicFolder(_folder["a"], replaces: true))
            Fill(left, "left");
        Assert.Equal("old", File.ReadAllText(Path.Combine(_folder["a"], "text")));
        using var folder = new AtomicFolder(_folder["a"], replaces: true);
        Fill(folder, "new");
        folder.Commit();
        Assert.Equal("new", File.ReadAllText(Path.Combine(_folder["a"], "text")));
        Assert.Equal(["a"], Names);
    }
}
