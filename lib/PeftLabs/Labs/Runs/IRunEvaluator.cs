using PeftLabs.Models;
using PeftLabs.Tokenization;

namespace PeftLabs.Labs;

/// <summary>Takes figures of a model before a run and after it.</summary>
public interface IRunEvaluator
{
    /// <summary>Whether the figures are taken before the first step too; otherwise they are not a number there.</summary>
    bool Before { get; }

    /// <summary>The figures, the same ones in the same order each time.</summary>
    /// <param name="model">The model, with the adapter that it wears.</param>
    /// <param name="tokenizer">Its tokenizer.</param>
    /// <param name="cancellation">Ends it.</param>
    IReadOnlyList<(string Name, string Unit, double Value)> Evaluate(CausalLM model, HuggingFaceTokenizer tokenizer, CancellationToken cancellation);
}
