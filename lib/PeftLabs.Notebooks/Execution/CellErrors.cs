using System.Diagnostics;
using System.Globalization;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Scripting;

namespace PeftLabs.Notebooks.Execution;

/// <summary>Says in which cell and line something went wrong. A cell's file name is "Cell 3", in the notebook's folder.</summary>
internal static class CellErrors
{
    private const string FilePrefix = "Cell ";

    public static string FileName(int cell) => $"{FilePrefix}{cell}";

    public static CellFailure OfCompilation(int cell, CompilationErrorException error, IReadOnlyDictionary<string, string> refusals)
    {
        var errors = error.Diagnostics.Where(diagnostic => diagnostic.Severity == DiagnosticSeverity.Error).ToList();
        string Message(Diagnostic diagnostic)
        {
            var text = diagnostic.GetMessage(CultureInfo.InvariantCulture);
            // CS0006: a reference was not found. Roslyn does not say why.
            if (diagnostic.Id != "CS0006") return text;
            return refusals.FirstOrDefault(item => text.Contains(item.Key, StringComparison.Ordinal)).Value ?? text;
        }
        string Describe(Diagnostic diagnostic) => $"{Place(diagnostic)}: {diagnostic.Id}: {Message(diagnostic)}";
        var first = errors[0];
        var isInCell = LineInCell(first.Location.GetLineSpan()) is var line && line is not null;
        var message = isInCell ? Message(first) : $"{Path.GetFileName(first.Location.GetLineSpan().Path)}: {Message(first)}";
        return new CellFailure(cell, line, first.Id, message, [.. errors.Select(Describe)]);
    }

    public static CellFailure OfException(int cell, Exception error)
    {
        var frames = FramesInNotebook(error);
        var own = frames.LastOrDefault(frame => frame.Cell == cell);
        List<string> trace = [.. frames.Select(frame => $"   at {FileName(frame.Cell)}, line {frame.Line}")];
        for (var inner = error; inner is not null; inner = inner.InnerException)
            trace.Insert(inner == error ? 0 : trace.Count, $"{inner.GetType().FullName}: {inner.Message}");
        int? line = own == default ? null : own.Line;
        return new CellFailure(cell, line, error.GetType().Name, error.Message, [.. trace, .. HostFrames(error)]);
    }

    private static string Place(Diagnostic diagnostic)
    {
        var span = diagnostic.Location.GetLineSpan();
        return $"{Path.GetFileName(span.Path)}, line {span.StartLinePosition.Line + 1}, column {span.StartLinePosition.Character + 1}";
    }

    private static int? LineInCell(FileLinePositionSpan span) => CellOf(span.Path) is null ? null : span.StartLinePosition.Line + 1;

    private static int? CellOf(string? path)
    {
        var name = Path.GetFileName(path);
        return name is not null && name.StartsWith(FilePrefix, StringComparison.Ordinal)
            && int.TryParse(name[FilePrefix.Length..], out var cell)
            ? cell
            : null;
    }

    private static List<(int Cell, int Line)> FramesInNotebook(Exception error) =>
    [
        .. from frame in new StackTrace(error, fNeedFileInfo: true).GetFrames()
           let cell = CellOf(frame.GetFileName())
           where cell is not null
           select (cell.Value, frame.GetFileLineNumber()),
    ];

    /// <summary>The stack above the notebook's first frame: where in a library it happened.</summary>
    private static IEnumerable<string> HostFrames(Exception error) =>
        (error.StackTrace ?? "").Split('\n').Select(line => line.TrimEnd()).TakeWhile(line => !line.Contains(" Submission#"));
}
