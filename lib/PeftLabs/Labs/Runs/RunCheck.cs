using PeftLabs.Memory;
using PeftLabs.Models;
using PeftLabs.Tokenization;

namespace PeftLabs.Labs;

/// <summary>All that is asked of a run's model beside its steps, outside what is measured: before, after, and between.</summary>
internal sealed class RunCheck(CausalLM model, HeldOutCheck heldOut, HuggingFaceTokenizer? tokenizer, IRunEvaluator? evaluator, MemoryMeter meter)
{
    private HeldOutCheck.Answer? _before, _after;
    private IReadOnlyList<(string Name, string Unit, double Value)> _figuresBefore = [], _figuresAfter = [];

    public IReadOnlyList<RunEvaluation> Evaluations =>
    [
        .. heldOut.Evaluations(_before!, _after!),
        .. _figuresAfter.Select((after, i) => new RunEvaluation(after.Name, after.Unit, _figuresBefore.Count > i ? _figuresBefore[i].Value : double.NaN, after.Value)),
    ];

    public IReadOnlyList<RunSample> Samples => heldOut.Samples(_before!, _after!);

    public void Before(CancellationToken cancellation)
    {
        using var pause = meter.Pause();
        _before = heldOut.Ask(model);
        if (evaluator is { Before: true })
            _figuresBefore = Figures(evaluator, cancellation);
    }

    public void After(CancellationToken cancellation)
    {
        using var pause = meter.Pause();
        _after = heldOut.Ask(model);
        if (evaluator is not null)
            _figuresAfter = Figures(evaluator, cancellation);
    }

    /// <summary>The held-out loss after a step; null where it is not due.</summary>
    public double? Validate(long step)
    {
        using var pause = meter.Pause();
        return heldOut.After(step, model);
    }

    private IReadOnlyList<(string Name, string Unit, double Value)> Figures(IRunEvaluator asked, CancellationToken cancellation) =>
        asked.Evaluate(model, tokenizer ?? throw new ArgumentException("A run on random tokens has no tokenizer to evaluate with."), cancellation);
}
