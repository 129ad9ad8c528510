using System.Security.Cryptography;
using System.Text;
using PeftLabs.Tests.Formats;
using PeftLabs.Training;

namespace PeftLabs.Tests.Training;

public sealed class DataFileHashTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private string Data => _folder["data.jsonl"];

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void An_unchanged_file_is_not_read_again()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "only Linux tells when an inode changed");
        File.WriteAllText(Data, "one");
        Later().Remember();
        // What it says now can come from nowhere else.
        Forge(new string('0', 64));
        Assert.Equal(new string('0', 64), Later().Sha256);
    }

    [Fact]
    public void A_changed_file_is_read_though_size_and_time_are_the_same()
    {
        File.WriteAllText(Data, "one");
        var time = File.GetLastWriteTimeUtc(Data);
        Later().Remember();
        File.WriteAllText(Data, "two");
        File.SetLastWriteTimeUtc(Data, time);
        Assert.Equal(Hash("two"), Later().Sha256);
    }

    [Fact]
    public void A_file_that_changed_just_now_is_not_trusted()
    {
        File.WriteAllText(Data, "one");
        new DataFileHash(Data, _folder.Path).Remember();
        Assert.False(Directory.Exists(_folder["hashes"]));
    }

    [Fact]
    public void A_damaged_memory_is_made_anew()
    {
        File.WriteAllText(Data, "one");
        Later().Remember();
        foreach (var file in Directory.EnumerateFiles(Directory.CreateDirectory(_folder["hashes"]).FullName))
            File.WriteAllText(file, File.ReadAllText(file).Replace(Hash("one"), Hash("two"), StringComparison.Ordinal));
        Assert.Equal(Hash("one"), Later().Sha256);
    }

    private static string Hash(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));

    private DataFileHash Later() => new(Data, _folder.Path, DateTimeOffset.UtcNow.AddHours(1));

    private void Forge(string hash)
    {
        var file = Assert.Single(Directory.GetFiles(_folder["hashes"]));
        var lines = $"{hash}\n{File.ReadAllLines(file)[1]}\n";
        File.WriteAllText(file, $"{lines}{Hash(lines)}\n");
    }
}
