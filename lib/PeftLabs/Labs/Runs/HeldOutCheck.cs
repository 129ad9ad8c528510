using PeftLabs.Models;
using PeftLabs.Training;
using static TorchSharp.torch;

namespace PeftLabs.Labs;

/// <summary>How good a model is on held-out data, and how it goes on from prompts; asked before a run and after it.</summary>
internal sealed class HeldOutCheck(LabData data, RunSpec spec)
{
    /// <summary>The name of the loss in records.</summary>
    public const string LossName = "held-out loss";

    private const int NewTokens = 16;

    private readonly LabData? _heldOut = spec.HeldOut == 0 ? null : data.HeldOut(spec.HeldOut);
    private readonly IReadOnlyList<string> _prompts = data.Prompts(spec.Samples);

    /// <summary>The mean loss in nats a token (not a number where nothing is held out), and a continuation for each prompt.</summary>
    public sealed record Answer(double Loss, IReadOnlyList<string> Continuations);

    public Answer Ask(CausalLM model, CancellationToken cancellation) =>
        new(_heldOut is null ? double.NaN : Loss(model, _heldOut, cancellation), [.. _prompts.Select(p => Continue(model, p, cancellation))]);

    /// <summary>The held-out loss after a step, where it is due. It is not broken off: the step would be one without its loss.</summary>
    public double? After(long step, CausalLM model) =>
        _heldOut is not null && spec.ValidateEvery > 0 && step % spec.ValidateEvery == 0 ? Loss(model, _heldOut, default) : null;

    public IReadOnlyList<RunEvaluation> Evaluations(Answer before, Answer after) => _heldOut is null ? [] :
    [
        new(LossName, "nats a token", before.Loss, after.Loss),
        new("held-out perplexity", "", Math.Exp(before.Loss), Math.Exp(after.Loss)),
    ];

    public IReadOnlyList<RunSample> Samples(Answer before, Answer after) =>
        [.. _prompts.Select((prompt, i) => new RunSample(prompt, before.Continuations[i], after.Continuations[i]))];

    // Every labelled token counts the same, whatever batch it is in.
    private double Loss(CausalLM model, LabData heldOut, CancellationToken cancellation)
    {
        using var _ = no_grad();
        var (training, nats, tokens) = (model.training, 0.0, 0L);
        var plain = new TrainingOptions { LossChunkBytes = spec.Training.LossChunkBytes };
        model.eval();
        try
        {
            foreach (var each in heldOut.Once())
            {
                using var batch = each;
                using var scope = NewDisposeScope();
                cancellation.ThrowIfCancellationRequested();
                var targets = CausalLoss.CountTargets(batch);
                nats += targets == 0 ? 0 : targets * (double)CausalLoss.Compute(model, batch, plain).item<float>();
                tokens += targets;
            }
        }
        finally
        {
            model.train(training);
        }
        return nats / tokens;
    }

    private string Continue(CausalLM model, string prompt, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        var tokenizer = data.Tokenizer!;
        return tokenizer.Decode(TextGeneration.Greedy(model, tokenizer.EncodeToIds(prompt, false), NewTokens)) ?? "";
    }
}
