using System.Text.RegularExpressions;

namespace PeftLabs.Notebooks.Execution;

/// <summary>Finds out whether a code cell is C#, the one language that is run here.</summary>
internal static partial class CellLanguage
{
    private static readonly string[] _csharp = ["csharp", "c#", "C#", ".net-csharp"];

    /// <summary>The cell's program with its C# magic blanked out, so that lines keep their numbers.</summary>
    /// <exception cref="NotebookException">The cell is in another language or uses a magic command.</exception>
    public static string CSharpOf(NotebookCell cell, int number, string notebook)
    {
        var language = NotebookJson.Text(cell.Node["metadata"]?["polyglot_notebook"]?["kernelName"])
            ?? NotebookJson.Text(cell.Node["metadata"]?["dotnet_interactive"]?["language"]);
        if (language is not null && !_csharp.Contains(language)) throw Refused(notebook, number, $"its language is {language}");
        return Magic().Replace(cell.Source, match => _csharp.Contains(match.Groups["name"].Value)
            ? ""
            : throw Refused(notebook, number, $"it uses {match.Value.Trim()}"));
    }

    private static NotebookException Refused(string notebook, int number, string why) =>
        new($"{notebook}: cell {number} cannot be run here: {why}, and only plain C# cells are run.");

    [GeneratedRegex(@"^[ \t]*(?:#!|%%?)(?<name>[\w#.+-]+).*$", RegexOptions.Multiline)]
    private static partial Regex Magic();
}
