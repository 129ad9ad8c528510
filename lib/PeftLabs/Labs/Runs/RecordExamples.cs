using System.Security.Cryptography;
using System.Text;
using PeftLabs.Training;

namespace PeftLabs.Labs;

/// <summary>
/// The records of a JSON Lines or CSV file, and held-out ones of another file or drawn from the same by the seed. They stay in the
/// mapped token cache: in memory is a number for each.
/// </summary>
internal sealed class RecordExamples : ExampleSource
{
    private readonly DataTools _tools;
    private readonly InstructionData _file;
    private readonly InstructionData? _validation;
    private readonly IReadOnlyList<TokenizedExample> _train, _heldOut;

    public RecordExamples(DataRecipe recipe, DataTools tools, IProgress<InstructionProgress>? progress, CancellationToken cancellation)
    {
        _tools = tools;
        _file = Open(recipe.File ?? throw new ArgumentException($"Data of kind {DataKind.File} need a {nameof(DataRecipe.File)}."));
        try
        {
            _validation = recipe.Validation is { } validation ? Open(validation) : null;
            (_train, _heldOut) = _validation is not null ? (_file, _validation) : ExampleSubset.Split(_file, recipe.ValidationShare, recipe.Seed);
        }
        catch
        {
            Dispose();
            throw;
        }
        var facts = $"{_file.Key}\n{_validation?.Key}\n{recipe.ValidationShare:R}\n{(recipe.ValidationShare > 0 ? recipe.Seed : 0)}\n{recipe.Examples}";
        Hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(facts)));

        InstructionData Open(DataFile file) => InstructionData.Open(file.Located, tools.Required(DataKind.File), tools.Template(recipe.Template),
            new() { EndId = tools.EndId, MaxTokens = recipe.MaxTokens }, LabPaths.Tokens, progress, cancellation);
    }

    public override string Hash { get; }

    public override IReadOnlyList<TokenizedExample> Train(int? count) => ExampleSubset.First(_train, count ?? _train.Count);

    public override IReadOnlyList<TokenizedExample> HeldOut(int count) => ExampleSubset.First(_heldOut, count);

    // What stands before the first token that is learned; a text has nothing there.
    public override IEnumerable<string> Prompts() => _heldOut.Select(example =>
        _tools.Tokenizer!.Decode(example.Ids.TakeWhile((_, i) => !example.IsLearned(i)), skipSpecialTokens: false)).Where(prompt => prompt.Length > 0);

    public override void Dispose()
    {
        _file.Dispose();
        _validation?.Dispose();
    }
}
