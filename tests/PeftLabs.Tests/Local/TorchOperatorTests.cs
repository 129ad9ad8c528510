using System.Reflection;
using System.Text.RegularExpressions;
using TorchSharp;

namespace PeftLabs.Tests.Local;

/// <summary>The drop-in calls operators by name: each must be there before a user finds out that it is not.</summary>
public partial class TorchOperatorTests
{
    // 1.13 has no such operator; the drop-in asks before it calls.
    private static readonly string[] Optional = ["scaled_dot_product_attention"];

    [Fact]
    public void Every_operator_that_the_drop_in_names_is_in_this_libtorch()
    {
        var exists = typeof(torch).Assembly.GetType("TorchSharp.Op")?.GetMethod("Exists", BindingFlags.Public | BindingFlags.Static);
        Assert.SkipWhen(exists is null, "TorchSharp is the package");
        var sources = Directory.GetFiles(Path.Combine(Shared.Root, "lib", "local", "TorchSharp"), "*.cs", SearchOption.AllDirectories);
        var named = sources.SelectMany(file => OperatorName().Matches(File.ReadAllText(file)))
            .Select(match => match.Groups[1].Value).Distinct().ToList();
        Assert.True(named.Count > 200, $"only {named.Count} operators found in the sources");
        var missing = named.Except(Optional).Where(name => exists!.Invoke(null, [name]) is false).ToList();
        Assert.True(missing.Count == 0, $"not in this libtorch: {string.Join(", ", missing)}");
    }

    [GeneratedRegex("(?:Op\\.[A-Za-z0-9]+|Like|Sized|Sample|Moment|Extremum)\\((?:inplace \\? \"\\w+\" : )?\"([\\w.]+)\"")]
    private static partial Regex OperatorName();
}
