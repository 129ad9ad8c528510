using PeftLabs.Tokenization;
using PeftLabs.Training;

namespace PeftLabs.Labs;

/// <summary>Pairs as tokens, the same for training and for evaluation.</summary>
internal static class LabExamples
{
    /// <summary>
    /// The prompt as a model that continues texts is given it, the completion, and the token that ends it. Prompt and completion are
    /// tokenized apart, so that the model learns on the very tokens that it is asked with.
    /// </summary>
    public static TokenizedExample Tokenize(HuggingFaceTokenizer tokenizer, InstructionExample example)
    {
        var prompt = tokenizer.EncodeToIds(example.Prompt, addSpecialTokens: true);
        return new([.. prompt, .. tokenizer.EncodeToIds(example.Completion, addSpecialTokens: false), EndToken(tokenizer)], prompt.Count);
    }

    /// <summary>The token that ends a completion.</summary>
    public static int EndToken(HuggingFaceTokenizer tokenizer) => tokenizer.EosId ?? 0;
}
