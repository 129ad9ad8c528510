namespace PeftLabs.Labs;

/// <summary>A line of the terminal itself that the next one overwrites; silent where standard error is no terminal.</summary>
internal sealed class TerminalLine : IDisposable
{
    private const int Width = 100;

    private readonly StreamWriter? _terminal = Console.IsErrorRedirected ? null : new(Console.OpenStandardError()) { AutoFlush = true };

    /// <summary>Shows a line in the place of the last.</summary>
    public void Show(string line) => _terminal?.Write($"\r{line.PadRight(Width)}");

    /// <summary>Clears the line.</summary>
    public void Dispose()
    {
        _terminal?.Write($"\r{new string(' ', Width)}\r");
        _terminal?.Dispose();
    }
}
