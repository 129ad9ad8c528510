using System.CommandLine;
using System.CommandLine.Parsing;
using PeftLabs.Labs;

namespace PeftLabs.Cli.Training;

/// <summary>An option of the kit's as one of the command line.</summary>
internal static class KeyOption
{
    /// <summary>Makes it.</summary>
    /// <param name="key">The option.</param>
    /// <param name="place">Where it stands in a file; null where it stands in none.</param>
    public static Option<string?> Of<T>(OptionKey<T> key, string? place = null) => new($"--{key.Name}")
    {
        Description = $"{key.Description}: {key.Value}{(place is null ? "" : $" ({place})")}",
        HelpName = "VALUE",
        Arity = key.Bare is null ? ArgumentArity.ExactlyOne : ArgumentArity.ZeroOrOne,
    };

    /// <summary>The value that was given; null where the option was not.</summary>
    public static string? Given<T>(ParseResult parsed, Option<string?> option, OptionKey<T> key) =>
        parsed.GetResult(option) is { Implicit: false } ? parsed.GetValue(option) ?? key.Bare : null;
}
