using PeftLabs.Models;
using PeftLabs.Tokenization;
using PeftLabs.Training;

namespace PeftLabs.Labs;

/// <summary>Makes the examples of a recipe: those to train on, or held-out ones from the same generator.</summary>
internal static class LabExamples
{
    public static IReadOnlyList<TokenizedExample> Make(
        DataRecipe recipe, int examples, int vocabulary, HuggingFaceTokenizer? tokenizer, bool heldOut) => recipe.Kind switch
        {
            DataKind.TextToSql => [.. Pairs(recipe.Seed, heldOut).Take(examples).Select(e => Tokenize(Required(tokenizer, recipe), e))],
            DataKind.Text => Batches.Cut(Stream(Required(tokenizer, recipe), Documents(recipe.Seed, heldOut), recipe.Tokens * examples), recipe.Tokens),
            _ => [.. Enumerable.Range(0, examples).Select(i => Drawn(recipe, i, vocabulary, heldOut))],
        };

    /// <summary>Beginnings of held-out examples, for the model to continue: questions, or the first words of texts.</summary>
    public static IEnumerable<string> Prompts(DataRecipe recipe) => recipe.Kind switch
    {
        DataKind.TextToSql => Pairs(recipe.Seed, heldOut: true).Select(e => e.Prompt),
        DataKind.Text => Documents(recipe.Seed, heldOut: true).Select(d => string.Join(' ', d.Split(' ').Take(8))),
        _ => [],
    };

    private static IEnumerable<InstructionExample> Pairs(ulong seed, bool heldOut) =>
        heldOut ? TaskGenerator.HeldOut(seed) : TaskGenerator.Train(seed);

    private static IEnumerable<string> Documents(ulong seed, bool heldOut) =>
        heldOut ? TextGenerator.HeldOut(seed) : TextGenerator.Documents(seed);

    private static HuggingFaceTokenizer Required(HuggingFaceTokenizer? tokenizer, DataRecipe recipe) => tokenizer
        ?? throw new ArgumentException($"Data of kind {recipe.Kind} needs a tokenizer, and a shape with random weights has none: use {DataKind.RandomTokens}.");

    /// <summary>A pair as tokens, the same for training and for evaluation: prompt, completion, and the token that ends it.</summary>
    public static TokenizedExample Tokenize(HuggingFaceTokenizer tokenizer, InstructionExample example)
    {
        var prompt = tokenizer.EncodeToIds(example.Prompt, false);
        return new([.. prompt, .. tokenizer.EncodeToIds(example.Completion, false), EndToken(tokenizer)], prompt.Count);
    }

    /// <summary>The token that ends a completion.</summary>
    public static int EndToken(HuggingFaceTokenizer tokenizer) => tokenizer.EosId ?? 0;

    private static List<int> Stream(HuggingFaceTokenizer tokenizer, IEnumerable<string> documents, int tokens)
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

    private static TokenizedExample Drawn(DataRecipe recipe, int index, int vocabulary, bool heldOut)
    {
        var bits = new RandomBits(recipe.Seed, heldOut ? "held-out tokens" : "tokens");
        return new([.. Enumerable.Range(0, recipe.Tokens).Select(i => (int)(bits.Unit((long)index * recipe.Tokens + i) * vocabulary))]);
    }
}
