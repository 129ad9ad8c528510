using System.Text;
using System.Text.Json.Nodes;

namespace PeftLabs.Notebooks.Execution;

/// <summary>
/// What one cell puts out, in order. Text of one stream that nothing interrupts is one output, with carriage returns acted out as a
/// terminal would. Any thread may write.
/// </summary>
internal sealed class CellOutputs(JsonArray outputs)
{
    private readonly Lock _lock = new();
    private readonly StringBuilder _text = new();
    private string _stream = "";
    private bool _isClosed;

    /// <summary>Everything displayed, with its output, for those who add forms to it later.</summary>
    public List<(MimeBundle Bundle, JsonObject Output)> Displays { get; } = [];

    public void Write(string stream, string text)
    {
        if (text.Length == 0) return;
        lock (_lock)
        {
            if (_isClosed) return;
            if (stream != _stream) EndStream();
            _stream = stream;
            _text.Append(text);
        }
    }

    public JsonObject Display(MimeBundle bundle, int? executionCount = null)
    {
        var output = new JsonObject { ["data"] = bundle.ToNode() };
        if (executionCount is not null) output["execution_count"] = executionCount;
        output["metadata"] = new JsonObject();
        output["output_type"] = executionCount is null ? "display_data" : "execute_result";
        lock (_lock)
        {
            if (_isClosed) return output;
            Displays.Add((bundle, output));
        }
        Add(output);
        return output;
    }

    public void Error(string name, string message, IEnumerable<string> trace) => Add(new JsonObject
    {
        ["ename"] = name,
        ["evalue"] = message,
        ["output_type"] = "error",
        ["traceback"] = new JsonArray([.. trace.Select(line => JsonValue.Create(line))]),
    });

    /// <summary>Takes nothing more: a cell that was given up may go on writing while the file is being written.</summary>
    public void Close()
    {
        lock (_lock)
        {
            EndStream();
            _isClosed = true;
        }
    }

    private void Add(JsonObject output)
    {
        lock (_lock)
        {
            EndStream();
            if (!_isClosed) outputs.Add(output);
        }
    }

    private void EndStream()
    {
        if (_text.Length > 0)
        {
            var lines = NotebookJson.Lines(ActOut(_text.ToString()));
            outputs.Add(new JsonObject { ["name"] = _stream, ["output_type"] = "stream", ["text"] = lines });
        }
        _text.Clear();
    }

    /// <summary>A carriage return goes back to the line's start: of the pieces of a line, later ones write over earlier ones.</summary>
    private static string ActOut(string text)
    {
        text = text.Replace("\r\n", "\n");
        return text.Contains('\r') ? string.Join('\n', text.Split('\n').Select(ActOutLine)) : text;
    }

    private static string ActOutLine(string line) =>
        line.Split('\r').Aggregate((before, after) => before.Length > after.Length ? after + before[after.Length..] : after).TrimEnd(' ');
}
