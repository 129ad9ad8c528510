using System.CommandLine;
using System.CommandLine.Parsing;
using PeftLabs.Labs;

namespace PeftLabs.Cli.Training;

/// <summary>Every option of a described run as one of the command line, under the same name.</summary>
internal sealed class TrainOptions
{
    private readonly Argument<string?> _config = new("config")
    {
        Description = "A YAML file that describes the run; every option below is one of it too",
        Arity = ArgumentArity.ZeroOrOne,
    };

    private readonly Option<string[]> _set = new("--set")
    {
        Description = "Sets an option by its place in the file, such as lora.rank=8",
        HelpName = "KEY=VALUE",
        Arity = ArgumentArity.OneOrMore,
        AllowMultipleArgumentsPerToken = false,
    };

    private readonly IReadOnlyList<(TrainKey Key, Option<string?> Option)> _keys =
        [.. TrainKeys.All.Select(key => (key, KeyOption.Of(key.Option, key.Section.Length > 0 ? key.Path : null)))];

    /// <summary>Adds them to a command.</summary>
    public void AddTo(Command command)
    {
        command.Add(_config);
        foreach (var (_, option) in _keys)
            command.Add(option);
        command.Add(_set);
    }

    /// <summary>The run that was described.</summary>
    /// <exception cref="TrainConfigException">Something is not right.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public TrainConfig Read(ParseResult parsed) => TrainConfig.Load(parsed.GetValue(_config), [.. Given(parsed), .. (parsed.GetValue(_set) ?? []).Select(Setting)]);

    private IEnumerable<TrainSetting> Given(ParseResult parsed)
    {
        foreach (var (key, option) in _keys)
            if (KeyOption.Given(parsed, option, key.Option) is { } text)
                yield return new(key, text, option.Name);
    }

    private static TrainSetting Setting(string text) => text.Split('=', 2) is [{ Length: > 0 } key, { Length: > 0 } value]
        ? new(TrainKeys.Find(key), value, $"--set {text}")
        : throw new ArgumentException($"--set is '{text}'; it must be KEY=VALUE, such as lora.rank=8.");
}
