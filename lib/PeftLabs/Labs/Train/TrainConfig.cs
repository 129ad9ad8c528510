using PeftLabs.Formats;

namespace PeftLabs.Labs;

/// <summary>
/// A whole run as <c>lab train</c> is given it: a <see cref="RunSpec"/>, and what becomes of what was trained. In a file it is YAML, of
/// which <see cref="TrainKeys"/> are the options.
/// </summary>
public sealed record TrainConfig
{
    private readonly double? _epochs;
    private readonly int _taskExamples, _textExamples;

    /// <summary>The run. Where <see cref="Epochs"/> are given, its steps follow from them.</summary>
    public required RunSpec Run { get; init; }

    /// <summary>Passes over the examples, above 0; null where the run's steps are given.</summary>
    public double? Epochs
    {
        get => _epochs;
        init => _epochs = value is null or > 0 && value is not double.PositiveInfinity ? value
            : throw new ArgumentOutOfRangeException(nameof(Epochs), value, $"Epochs is {value}; it must be a number above 0.");
    }

    /// <summary>The folder of what was trained; null where none is written.</summary>
    public string? Output { get; init; }

    /// <summary>The folder of the base with the adapter merged into it; null for none.</summary>
    public string? Merged { get; init; }

    /// <summary>Held-out examples on which the task's metrics are taken, before and after; 0 for none.</summary>
    public int TaskExamples
    {
        get => _taskExamples;
        init => _taskExamples = NotNegative(nameof(TaskExamples), value);
    }

    /// <summary>Documents of the kit's general text whose perplexity is taken before and after, which shows what was forgotten; 0 for none.</summary>
    public int TextExamples
    {
        get => _textExamples;
        init => _textExamples = NotNegative(nameof(TextExamples), value);
    }

    /// <summary>LoRA of rank 16 on all projections of the blocks.</summary>
    public static LoraAdapterConfig DefaultLora { get; } = new() { Rank = 16, Alpha = 32, TargetModules = ModuleSelection.Matching("all-linear") };

    /// <summary>Reads a file, and what was given beside it.</summary>
    /// <param name="path">The YAML file; null where there is only what is given beside.</param>
    /// <param name="beside">What comes instead of, or beside, what the file says.</param>
    /// <exception cref="TrainConfigException">Something in it is not right; the message names the place, what was found, and what is right.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static TrainConfig Load(string? path, params IReadOnlyList<TrainSetting> beside) =>
        TrainSettings.Apply(path is null ? [] : TrainYaml.Read(ReadFile(path), path), beside, path ?? "");

    /// <summary>Reads YAML.</summary>
    /// <param name="yaml">The text.</param>
    /// <param name="name">What messages call it.</param>
    /// <param name="beside">What comes instead of, or beside, what it says.</param>
    /// <exception cref="TrainConfigException">Something in it is not right.</exception>
    public static TrainConfig Parse(string yaml, string name = "config", params IReadOnlyList<TrainSetting> beside) =>
        TrainSettings.Apply(TrainYaml.Read(yaml, name), beside, name);

    /// <summary>Every option with its value, those that nobody set among them; read again it is the same run.</summary>
    public string ToYaml() => TrainYaml.Write(this);

    private static string ReadFile(string path) =>
        Directory.Exists(path) ? throw new IOException($"{path} is a folder; a YAML file that describes a run is wanted.") : File.ReadAllText(path);

    private static int NotNegative(string option, int value) =>
        value >= 0 ? value : throw new ArgumentOutOfRangeException(option, value, $"{option} is {value}; it must be 0 or above.");
}
