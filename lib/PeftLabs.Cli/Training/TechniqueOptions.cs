using System.CommandLine;
using System.CommandLine.Parsing;
using PeftLabs.Labs;
using PeftLabs.Training;

namespace PeftLabs.Cli.Training;

/// <summary>
/// The command-line options of the techniques that trade time for memory, under the names of <see cref="TrainingKeys.Techniques"/>:
/// <c>--saved-activations bfloat16</c> is <see cref="TrainingOptions.SavedActivations"/>.
/// </summary>
public sealed class TechniqueOptions
{
    private readonly IReadOnlyList<(OptionKey<TrainingOptions> Key, Option<string?> Option)> _all =
        [.. TrainingKeys.Techniques.Select(key => (key, KeyOption.Of(key)))];

    /// <summary>Adds the options to a command.</summary>
    public void AddTo(Command command)
    {
        foreach (var (_, option) in _all)
            command.Add(option);
    }

    /// <summary>Training options with whatever was given on the command line.</summary>
    /// <exception cref="FormatException">A value is none of a technique's.</exception>
    /// <exception cref="ArgumentException">A number is out of its range.</exception>
    public TrainingOptions Over(TrainingOptions options, ParseResult parsed)
    {
        foreach (var (key, option) in _all)
            if (KeyOption.Given(parsed, option, key) is { } text)
                options = key.SetOrSay(options, text, option.Name);
        return options;
    }
}
