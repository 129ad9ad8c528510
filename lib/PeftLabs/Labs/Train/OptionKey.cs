namespace PeftLabs.Labs;

/// <summary>An option by its name, the same in a described run and on the command line: <c>learning-rate</c> is LearningRate.</summary>
/// <typeparam name="T">The options that it is one of.</typeparam>
/// <param name="Name">Its name: small letters, digits and hyphens.</param>
/// <param name="Value">What it takes, such as "a whole number".</param>
/// <param name="Description">What it does.</param>
public sealed record OptionKey<T>(string Name, string Value, string Description)
{
    /// <summary>The value that is meant where only the name stands on a command line; null where a value must follow.</summary>
    public string? Bare { get; init; }

    /// <summary>The value of some options as text; null where there is none.</summary>
    public required Func<T, string?> Get { get; init; }

    /// <summary>The options with the value of a text.</summary>
    /// <remarks>A text that is no such value is a <see cref="FormatException"/> or, out of range, an <see cref="ArgumentException"/>.</remarks>
    public required Func<T, string, T> Set { get; init; }

    /// <summary>The options with the value of a text; a wrong one is told with what is right.</summary>
    /// <param name="options">The options.</param>
    /// <param name="text">The value.</param>
    /// <param name="name">What messages call the option.</param>
    /// <exception cref="FormatException">The text is no value of the option.</exception>
    /// <exception cref="ArgumentException">It is out of range.</exception>
    public T SetOrSay(T options, string text, string name)
    {
        try
        {
            return Set(options, text);
        }
        // A parser that says what is right in its own words has a message; one of ours that leaves it to the option has none.
        catch (FormatException e)
        {
            var own = e.Message == new FormatException().Message ? null : e.Message;
            throw new FormatException($"{name} is '{text}'; {own ?? $"it must be {Value}."}", e);
        }
    }

    /// <summary>The same option of something that holds the options.</summary>
    internal OptionKey<TOuter> Of<TOuter>(Func<TOuter, T?> inner, Func<TOuter, T, TOuter> with) => new(Name, Value, Description)
    {
        Bare = Bare,
        Get = outer => inner(outer) is { } options ? Get(options) : null,
        Set = (outer, text) => with(outer, Set(inner(outer)!, text)),
    };
}
