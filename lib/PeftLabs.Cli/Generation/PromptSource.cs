using System.CommandLine;

namespace PeftLabs.Cli.Generation;

/// <summary>Where a command's prompts come from: its options, a file, or standard input.</summary>
public sealed class PromptSource
{
    private readonly Option<string[]> _prompts = new("--prompt") { Description = "A text to continue; may be given several times" };
    private readonly Option<FileInfo?> _file = new("--file")
    {
        Description = "A file whose text is continued; without it and --prompt, standard input is",
    };

    private readonly Option<bool> _lines = new("--lines") { Description = "Each line of the file, or of standard input, is a prompt of its own" };

    /// <summary>Adds the options to a command.</summary>
    public void AddTo(Command command)
    {
        foreach (var option in new Option[] { _prompts, _file, _lines })
            command.Add(option);
    }

    /// <summary>The prompts; a file's last line end is not part of one.</summary>
    /// <exception cref="ArgumentException">There is none, or both options are given.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public IReadOnlyList<string> Read(ParseResult parsed, TextReader input, bool isRedirected)
    {
        var (given, file) = (parsed.GetValue(_prompts) ?? [], parsed.GetValue(_file));
        if (given.Length > 0 && file is not null)
            throw new ArgumentException("Give either --prompt or --file.");
        if (given.Length > 0)
            return given;
        if (file is null && !isRedirected)
            throw new ArgumentException("There is no prompt: give --prompt TEXT or --file FILE, or pipe a text in.");
        var text = file is null ? input.ReadToEnd() : File.ReadAllText(file.FullName);
        IReadOnlyList<string> prompts = parsed.GetValue(_lines) ? [.. Lines(text)] : [text.EndsWith('\n') ? text[..^1].TrimEnd('\r') : text];
        return prompts.Any(p => p.Length > 0) ? prompts
            : throw new ArgumentException($"{file?.FullName ?? "Standard input"} is empty: there is nothing to continue.");
    }

    private static IEnumerable<string> Lines(string text) => text.Split('\n').Select(l => l.TrimEnd('\r')).Where(l => l.Length > 0);
}
