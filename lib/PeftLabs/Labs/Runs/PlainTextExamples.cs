using System.Text;
using PeftLabs.Training;

namespace PeftLabs.Labs;

/// <summary>A file of plain text, cut into pieces of one length; held-out pieces are of another file, or drawn from the same by the seed.</summary>
internal sealed class PlainTextExamples : ExampleSource
{
    private const int PromptTokens = 16;

    private readonly DataTools _tools;
    private readonly IReadOnlyList<TokenizedExample> _train, _heldOut;

    public PlainTextExamples(DataRecipe recipe, DataTools tools, CancellationToken cancellation)
    {
        _tools = tools;
        if (recipe.Validation is { } records && !Takes(records))
            throw new ArgumentException($"'{recipe.File!.Path}' is plain text and '{records.Path}' is not: what is held out must be of the same kind.");
        var pieces = Pieces(recipe.File!);
        (_train, _heldOut) = recipe.Validation is { } validation ? (pieces, Pieces(validation)) : ExampleSubset.Split(pieces, recipe.ValidationShare, recipe.Seed);

        IReadOnlyList<TokenizedExample> Pieces(DataFile file) => Batches.Cut(Ids(file, cancellation), recipe.Tokens) is { Count: > 0 } cut ? cut
            : throw new InvalidDataException(
                $"The data file '{file.Path}' has fewer than {recipe.Tokens} tokens ({nameof(DataRecipe.Tokens)}), and so no piece of them.");
    }

    /// <summary>Whether a recipe's file is plain text.</summary>
    public static bool Takes(DataRecipe recipe) => recipe.File is { } file && Takes(file);

    /// <summary>Whether a file is plain text.</summary>
    public static bool Takes(DataFile file) => Path.GetExtension(file.Path).ToLowerInvariant() is ".txt" or ".md";

    public override IReadOnlyList<TokenizedExample> Train(int? count) => ExampleSubset.First(_train, count ?? _train.Count);

    public override IReadOnlyList<TokenizedExample> HeldOut(int count) => ExampleSubset.First(_heldOut, count);

    public override IEnumerable<string> Prompts() => _heldOut.Select(example => _tools.Tokenizer!.Decode(example.Ids.Take(PromptTokens)));

    // Some lines at a time: only the ids are in memory whole.
    private List<int> Ids(DataFile file, CancellationToken cancellation)
    {
        var tokenizer = _tools.Required(DataKind.File);
        List<int> ids = [];
        foreach (var lines in Lines(file.Located).Chunk(256))
        {
            cancellation.ThrowIfCancellationRequested();
            ids.AddRange(tokenizer.EncodeToIds(string.Concat(lines), addSpecialTokens: false));
        }
        return ids;
    }

    private static IEnumerable<string> Lines(string path)
    {
        using var lines = new DataLines(path);
        while (Next(lines) is { } line)
            yield return line;
    }

    private static string? Next(DataLines lines) => lines.TryRead(out var line) ? $"{Encoding.UTF8.GetString(line)}\n" : null;
}
