using PeftLabs.Models;
using PeftLabs.Tokenization;

namespace PeftLabs.Labs;

/// <summary>Takes figures of a model before a run and after it, outside of what is measured.</summary>
public interface IRunEvaluator
{
    /// <summary>Looks at the model before the first step.</summary>
    /// <param name="model">The model, with the adapter that it wears.</param>
    /// <param name="tokenizer">Its tokenizer.</param>
    /// <param name="cancellation">Ends it.</param>
    void Before(CausalLM model, HuggingFaceTokenizer tokenizer, CancellationToken cancellation);

    /// <summary>Looks at it after the last step.</summary>
    /// <returns>The figures, before and after.</returns>
    IReadOnlyList<RunEvaluation> After(CausalLM model, HuggingFaceTokenizer tokenizer, CancellationToken cancellation);
}
