using System.Runtime.Loader;

namespace PeftLabs.Tests.Local;

/// <summary>The drop-ins of lib/local show nothing that the packages they stand in for do not.</summary>
public class TorchSharpApiTests
{
    [Theory]
    [InlineData("TorchSharp", "torchsharp-0.107-api.txt")]
    [InlineData("Microsoft.ML.Tokenizers", "microsoft-ml-tokenizers-2.0-api.txt")]
    public void Every_public_and_protected_member_of_a_drop_in_is_the_packages(string assembly, string list)
    {
        var reference = Read(Shared.Reference(list));
        var context = new AssemblyLoadContext("drop-in", isCollectible: true);
        try
        {
            var types = ApiLister.List(context.LoadFromAssemblyPath(DropIn(assembly))).ToList();
            Assert.NotEmpty(types);
            var strangers = types.SelectMany(type => Strangers(type.Type, type.Members, reference)).ToList();
            Assert.True(strangers.Count == 0, $"{assembly} has what the package has not:\n{string.Join('\n', strangers)}");
        }
        finally
        {
            context.Unload();
        }
    }

    private static IEnumerable<string> Strangers(string type, IEnumerable<string> members, Dictionary<string, HashSet<string>> reference) =>
        reference.TryGetValue(type, out var known)
            ? members.Where(member => !known.Contains(member)).Select(member => $"{type.Split(" : ")[0]}:  {member}")
            : [type];

    private static Dictionary<string, HashSet<string>> Read(string path)
    {
        var types = new Dictionary<string, HashSet<string>>();
        HashSet<string> current = [];
        foreach (var line in File.ReadLines(path).Where(line => !line.StartsWith('#')))
            if (line.StartsWith(' ')) current.Add(line.Trim());
            else types[line] = current = [];
        return types;
    }

    // The tests' own folder is bin/PeftLabs.Tests/CONFIGURATION; the drop-ins are built beside it.
    private static string DropIn(string assembly)
    {
        var own = new DirectoryInfo(AppContext.BaseDirectory);
        var path = Path.Combine(own.Parent!.Parent!.FullName, assembly, own.Name, assembly + ".dll");
        Assert.True(File.Exists(path), $"{path} has not been built");
        return path;
    }
}
