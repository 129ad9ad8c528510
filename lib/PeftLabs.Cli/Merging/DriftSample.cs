using PeftLabs.Labs;
using PeftLabs.Models;
using PeftLabs.Tokenization;

namespace PeftLabs.Cli.Merging;

/// <summary>The tokens on which drift is measured.</summary>
public static class DriftSample
{
    /// <summary>
    /// The first tokens of a text file, or of a generated text, by the model's own tokenizer; for a model without one, tokens spread over
    /// its vocabulary, always the same.
    /// </summary>
    /// <exception cref="ArgumentException">The number is negative or one, or there is a text but no tokenizer.</exception>
    public static IReadOnlyList<int> Of(string folder, int tokens, FileInfo? text)
    {
        if (tokens is < 0 or 1)
            throw new ArgumentException($"--sample is {tokens}; it must be 0 for none, or at least 2.");
        if (tokens == 0)
            return [];
        if (File.Exists(Path.Combine(folder, "tokenizer.json")) || File.Exists(Path.Combine(folder, "tokenizer.model")))
            return Encoded(HuggingFaceTokenizer.Load(folder), tokens, text);
        if (text is not null)
            throw new ArgumentException($"--text names {text}, but {folder} has neither tokenizer.json nor tokenizer.model to read it with.");
        var vocabulary = ModelConfig.Load(folder).VocabularySize;
        // Multiples of an odd number near the golden ratio's share of 2³² are spread evenly.
        return [.. Enumerable.Range(1, tokens).Select(i => (int)((ulong)(uint)(i * 2654435769L) * (ulong)vocabulary >> 32))];
    }

    private static List<int> Encoded(HuggingFaceTokenizer tokenizer, int tokens, FileInfo? text)
    {
        var ids = new List<int>();
        foreach (var document in text is null ? TextGenerator.Documents(1) : [File.ReadAllText(text.FullName)])
        {
            ids.AddRange(tokenizer.EncodeToIds(document, ids.Count == 0));
            if (ids.Count >= tokens)
                break;
        }
        return ids[..Math.Min(tokens, ids.Count)];
    }
}
