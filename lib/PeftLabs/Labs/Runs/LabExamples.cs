using PeftLabs.Tokenization;
using PeftLabs.Training;

namespace PeftLabs.Labs;

/// <summary>Pairs as tokens, the same for training and for evaluation.</summary>
internal static class LabExamples
{
    /// <summary>
    /// The prompt as a model that continues texts is given it, the completion, and the token that ends it. The model learns on the very
    /// tokens that it is asked with: the completion is what the whole text has behind them, or, where a token of the whole text lies
    /// across the prompt's end, it is tokenized apart. (Apart, SentencePiece would put a space before it.)
    /// </summary>
    public static TokenizedExample Tokenize(HuggingFaceTokenizer tokenizer, InstructionExample example)
    {
        var prompt = tokenizer.EncodeToIds(example.Prompt, addSpecialTokens: true);
        var whole = tokenizer.EncodeToIds(example.Prompt + example.Completion, addSpecialTokens: true);
        var completion = whole.Take(prompt.Count).SequenceEqual(prompt)
            ? whole.Skip(prompt.Count)
            : tokenizer.EncodeToIds(example.Completion, addSpecialTokens: false);
        return new([.. prompt, .. completion, EndToken(tokenizer)], prompt.Count);
    }

    /// <summary>The token that ends a completion.</summary>
    public static int EndToken(HuggingFaceTokenizer tokenizer) => tokenizer.EosId ?? 0;
}
