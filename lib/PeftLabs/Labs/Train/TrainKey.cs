namespace PeftLabs.Labs;

/// <summary>An option of a described run: its one place in the file, and its one name, which is the command line's too.</summary>
/// <param name="Section">The mapping that it stands in; empty for the top.</param>
/// <param name="Option">The option.</param>
public sealed record TrainKey(string Section, OptionKey<TrainConfig> Option)
{
    /// <summary>Its name.</summary>
    public string Name => Option.Name;

    /// <summary>Its place, such as <c>lora.rank</c>.</summary>
    public string Path => Section.Length == 0 ? Name : $"{Section}.{Name}";

    /// <summary>Options of which only one may be given; null for an option that stands alone.</summary>
    internal string? Alternative { get; init; }

    /// <summary>For which runs it is there.</summary>
    internal Func<TrainConfig, bool> Fits { get; init; } = _ => true;

    /// <summary>For which runs that is, in words.</summary>
    internal string Needs { get; init; } = "";
}
