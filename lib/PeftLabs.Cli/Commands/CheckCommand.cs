using System.CommandLine;
using System.Diagnostics;
using PeftLabs.Notebooks;

namespace PeftLabs.Cli.Commands;

/// <summary>lab check: verifies that a lab's kept outputs are whole and that every cell still runs.</summary>
public static class CheckCommand
{
    /// <summary>Makes the command.</summary>
    public static Command Create()
    {
        var notebook = new Argument<FileInfo>("notebook") { Description = "The notebook; it is never written to" }.AcceptExistingOnly();
        var output = new Option<DirectoryInfo?>("--output", "-o") { Description = "Where the run's copy goes; a temporary folder by default" };
        var keptOnly = new Option<bool>("--kept-only") { Description = "Look at the kept outputs only" };
        var command = new Command("check", "Verifies a notebook: kept outputs in order, and a short run of every cell")
        {
            notebook, output, keptOnly,
        };
        command.SetAction((parsed, cancellation) => CheckAsync(
            parsed.GetRequiredValue(notebook), parsed.GetValue(output), parsed.GetValue(keptOnly),
            parsed.InvocationConfiguration.Output, cancellation));
        return command;
    }

    private static async Task<int> CheckAsync(FileInfo file, DirectoryInfo? folder, bool keptOnly, TextWriter report, CancellationToken cancellation)
    {
        var notebook = Notebook.Load(file.FullName);
        var problems = KeptOutputs.Problems(notebook);
        foreach (var problem in problems)
            report.WriteLine($"{file.Name}: {problem}");
        var code = keptOnly ? ExitCode.Done : await RunAsync(file, TestParameters.Arguments(notebook), folder, cancellation);
        return problems.Count > 0 && code == ExitCode.Done ? ExitCode.Failed : code;
    }

    private static async Task<int> RunAsync(FileInfo file, IReadOnlyList<string> parameters, DirectoryInfo? folder, CancellationToken cancellation)
    {
        var kept = folder is not null;
        folder ??= Directory.CreateTempSubdirectory("lab-check-");
        try
        {
            return await SelfAsync(["run", file.FullName, .. parameters, "--no-images", "-o", Path.Combine(folder.FullName, file.Name)], cancellation);
        }
        finally
        {
            if (!kept)
                folder.Delete(recursive: true);
        }
    }

    /// <summary>Runs this program again: libtorch's state and a notebook's types last as long as their process.</summary>
    private static async Task<int> SelfAsync(string[] arguments, CancellationToken cancellation)
    {
        using var process = Process.Start("dotnet", [typeof(CheckCommand).Assembly.Location, .. arguments]);
        try
        {
            await process.WaitForExitAsync(cancellation);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw;
        }
        return process.ExitCode;
    }
}
