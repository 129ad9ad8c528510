using System.Text;

namespace PeftLabs.Notebooks.Execution;

/// <summary>
/// Stands in for Console.Out or Console.Error: what the flow of a session writes (its thread, and tasks and threads started from there)
/// goes to that session, what others write goes where it always went.
/// </summary>
internal sealed class ConsoleCapture : TextWriter
{
    private static readonly AsyncLocal<Action<string, string>?> _sink = new();
    private static readonly Lock _installing = new();
    private readonly TextWriter _original;
    private readonly string _stream;

    private ConsoleCapture(TextWriter original, string stream)
    {
        _original = original;
        _stream = stream;
    }

    public override Encoding Encoding => Encoding.UTF8;

    /// <summary>
    /// Sends what the current flow writes from now on to a sink, which is given the stream's name, stdout or stderr, and the text.
    /// </summary>
    public static void Redirect(Action<string, string> sink)
    {
        lock (_installing)
        {
            if (!Captures(Console.Out)) Console.SetOut(new ConsoleCapture(Console.Out, "stdout"));
            if (!Captures(Console.Error)) Console.SetError(new ConsoleCapture(Console.Error, "stderr"));
        }
        _sink.Value = sink;
    }

    /// <summary>Runs something whose own writing goes where it always went, although the current flow is a session's.</summary>
    public static void Outside(Action action)
    {
        var sink = _sink.Value;
        _sink.Value = null;
        try
        {
            action();
        }
        finally
        {
            _sink.Value = sink;
        }
    }

    // Console wraps what it is given in a synchronized writer, which shows its nature only in what a probe brings back.
    private static bool Captures(TextWriter writer)
    {
        var before = _sink.Value;
        var reached = false;
        _sink.Value = (_, _) => reached = true;
        writer.Write("");
        _sink.Value = before;
        return reached;
    }

    public override void Write(char value) => Write(value.ToString());

    public override void Write(string? value)
    {
        if (_sink.Value is { } sink) sink(_stream, value ?? "");
        else _original.Write(value);
    }

    public override void Write(char[] buffer, int index, int count) => Write(new string(buffer, index, count));

    public override void Write(ReadOnlySpan<char> buffer) => Write(buffer.ToString());

    public override void WriteLine() => Write("\n");

    public override void WriteLine(string? value) => Write(value + "\n");

    public override void WriteLine(ReadOnlySpan<char> buffer) => Write(buffer.ToString() + "\n");

    public override void Flush()
    {
        if (_sink.Value is null) _original.Flush();
    }
}
