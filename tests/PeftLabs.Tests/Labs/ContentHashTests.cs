using System.Security.Cryptography;
using PeftLabs.Labs;
using PeftLabs.Tests.Formats;

namespace PeftLabs.Tests.Labs;

public sealed class ContentHashTests
{
    [Fact]
    public void Of_a_file_is_its_sha256_and_of_a_folder_that_of_its_list()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder["b"], "abc");
        File.WriteAllText(folder["a"], "");
        File.WriteAllText(folder[".hidden"], "x");
        const string Abc = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
        const string Empty = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
        Assert.Equal(Abc, ContentHash.Of(folder["b"]));
        Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(System.Text.Encoding.UTF8.GetBytes($"{Empty} a\n{Abc} b\n"))),
            ContentHash.Of(folder.Path));
        Assert.Contains("nothing", Assert.Throws<FileNotFoundException>(() => ContentHash.Of(folder["nothing"])).Message);
    }
}
