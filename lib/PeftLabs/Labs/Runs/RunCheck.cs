using PeftLabs.Memory;
using PeftLabs.Models;
using PeftLabs.Tokenization;

namespace PeftLabs.Labs;

/// <summary>All that is asked of a run's model beside its steps, outside what is measured: before, after, and between.</summary>
internal sealed class RunCheck(CausalLM model, HeldOutCheck heldOut, HuggingFaceTokenizer? tokenizer, IRunEvaluator? evaluator, MemoryMeter meter)
{
    private HeldOutCheck.Answer? _before, _after;
    private IReadOnlyList<RunEvaluation> _figures = [];

    public IReadOnlyList<RunEvaluation> Evaluations => [.. heldOut.Evaluations(_before!, _after!), .. _figures];

    public IReadOnlyList<RunSample> Samples => heldOut.Samples(_before!, _after!);

    public void Before(CancellationToken cancellation)
    {
        using var pause = meter.Pause();
        _before = heldOut.Ask(model, cancellation);
        evaluator?.Before(model, Tokenizer, cancellation);
    }

    public void After(CancellationToken cancellation)
    {
        using var pause = meter.Pause();
        _after = heldOut.Ask(model, cancellation);
        _figures = evaluator?.After(model, Tokenizer, cancellation) ?? [];
    }

    /// <summary>The held-out loss after a step; null where it is not due.</summary>
    public double? Validate(long step)
    {
        using var pause = meter.Pause();
        return heldOut.After(step, model);
    }

    private HuggingFaceTokenizer Tokenizer => tokenizer ?? throw new ArgumentException("A run on random tokens has no tokenizer to evaluate with.");
}
