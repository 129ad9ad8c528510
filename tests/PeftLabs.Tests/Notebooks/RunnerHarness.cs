using System.Text.Json.Nodes;
using PeftLabs.Notebooks;
using PeftLabs.Notebooks.Execution;

namespace PeftLabs.Tests.Notebooks;

/// <summary>Writes a notebook of code cells, runs it, and looks at what it put out.</summary>
public sealed class RunnerHarness : IDisposable
{
    public TemporaryFolder Folder { get; } = new();

    public string NotebookPath => Path.Combine(Folder.Path, "lab.ipynb");

    public Notebook Written => Notebook.Load(NotebookPath);

    public static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Write(params string[] cells)
    {
        var notebook = Notebook.Create();
        foreach (var cell in cells) notebook.Add(CellKind.Code, cell);
        notebook.Save(NotebookPath);
    }

    public async Task<RunResult> RunAsync(params string[] cells)
    {
        Write(cells);
        return await new NotebookRunner(NotebookPath, new RunOptions()).RunAsync(Token);
    }

    /// <summary>The outputs of a cell in short: the stream's name, the type of output, or error, and the text.</summary>
    public string[] Outputs(int cell) => [.. Written.Cells[cell].Outputs.Select(Short)];

    private static string Short(JsonNode? output) => (string)output!["output_type"]! switch
    {
        "stream" => $"{output["name"]}: {Join(output["text"])}",
        "error" => $"error: {output["ename"]}: {output["evalue"]}",
        var type => $"{type}: {Join(output["data"]!["text/plain"])}",
    };

    private static string Join(JsonNode? lines) => string.Concat(lines!.AsArray().Select(line => (string)line!));

    public void Dispose() => Folder.Dispose();
}
