using PeftLabs.Models;
using PeftLabs.Tokenization;
using PeftLabs.Training;

namespace PeftLabs.Labs;

/// <summary>Examples of one length from the kit's own generators: text, or random tokens.</summary>
internal sealed class GeneratedExamples(DataRecipe recipe, DataTools tools) : ExampleSource
{
    public override IReadOnlyList<TokenizedExample> Train(int? count) => Make(Finite(count, recipe.Kind), heldOut: false);

    public override IReadOnlyList<TokenizedExample> HeldOut(int count) => Make(count, heldOut: true);

    public override IEnumerable<string> Prompts() => recipe.Kind switch
    {
        DataKind.Text or DataKind.TaskText => Documents(heldOut: true).Select(Beginning),
        _ => [],
    };

    private IReadOnlyList<TokenizedExample> Make(int count, bool heldOut) => recipe.Kind switch
    {
        DataKind.Text or DataKind.TaskText => Batches.Cut(Stream(tools.Required(recipe.Kind), Documents(heldOut), (long)recipe.Tokens * count), recipe.Tokens),
        _ => [.. Enumerable.Range(0, count).Select(i => Drawn(i, heldOut))],
    };

    private IEnumerable<string> Documents(bool heldOut) => recipe.Kind == DataKind.TaskText
        ? TaskExamples.TaskOf(recipe).Examples(heldOut ? TaskSplit.Validation : TaskSplit.Train, recipe.TaskSeed).Select(e => $"{e.Prompt}{e.Completion}\n\n")
        : heldOut ? TextGenerator.HeldOut(recipe.Seed) : TextGenerator.Documents(recipe.Seed);

    private static List<int> Stream(HuggingFaceTokenizer tokenizer, IEnumerable<string> documents, long tokens)
    {
        List<int> ids = [];
        foreach (var document in documents)
        {
            ids.AddRange(tokenizer.EncodeToIds(document, false));
            if (ids.Count >= tokens)
                break;
        }
        return ids;
    }

    private TokenizedExample Drawn(int index, bool heldOut)
    {
        var bits = new RandomBits(recipe.Seed, heldOut ? "held-out tokens" : "tokens");
        return new([.. Enumerable.Range(0, recipe.Tokens).Select(i => (int)(bits.Unit((long)index * recipe.Tokens + i) * tools.Vocabulary))]);
    }
}
