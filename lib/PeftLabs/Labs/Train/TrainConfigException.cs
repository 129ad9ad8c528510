namespace PeftLabs.Labs;

/// <summary>A described run with something in it that is not right. The message names the place, what was found, and what would be right.</summary>
public sealed class TrainConfigException : FormatException
{
    internal TrainConfigException(string place, string problem, Exception? cause = null)
        : base($"{(place.Length == 0 ? "" : place + ": ")}{problem.TrimEnd('.')}.", cause) => Place = place;

    /// <summary>Where: <c>file:line:column</c>, the option of a command line, or the file where something is missing in it.</summary>
    public string Place { get; }
}
