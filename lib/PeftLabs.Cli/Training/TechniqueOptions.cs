using System.CommandLine;
using System.CommandLine.Parsing;
using PeftLabs.Models;
using PeftLabs.Training;

namespace PeftLabs.Cli.Training;

/// <summary>
/// The command-line options of the techniques that trade time for memory, under the names that <see cref="TrainingOptions"/> has for
/// them: <c>--saved-activations bfloat16</c> is <see cref="TrainingOptions.SavedActivations"/>.
/// </summary>
public sealed class TechniqueOptions
{
    private readonly Option<string?> _checkpointing = new("--checkpointing")
    {
        Description = "What is computed again in backward: none, blocks (also where no value is given), attention, feed-forward, every-N, budget-100MiB",
        Arity = ArgumentArity.ZeroOrOne,
    };

    private readonly Option<string?> _offload = Text("--offload", "Where the inputs of what is computed again wait: none, host (of a GPU), file");
    private readonly Option<string?> _saved = Text("--saved-activations", "How activations wait for backward: float32, bfloat16, float16");
    private readonly Option<string?> _attention = Text("--attention", "plain, sdpa or tiled");
    private readonly Option<string?> _arithmetic = Text("--arithmetic", "The type of matrix products: float32; on GPUs also bfloat16, float16");
    private readonly Option<string?> _loss = Text("--loss", "whole or chunked");
    private readonly Option<long?> _lossChunk = Number<long?>("--loss-chunk-bytes", "The most bytes of logits at once in the chunked loss");
    private readonly Option<double?> _smoothing = Number<double?>("--label-smoothing", "Share of a target's probability spread over the vocabulary");
    private readonly Option<double?> _zLoss = Number<double?>("--z-loss", "Weight of the squared log-sum-exp in the loss");
    private readonly Option<int?> _accumulate = Number<int?>("--accumulate", "Batches whose gradients are summed for a step");
    private readonly Option<string?> _optimizer = Text("--optimizer", "adamw, adamw8bit, paged-adamw, paged-adamw8bit, adafactor, lion, sgd or galore");
    private readonly Option<bool> _fused = new("--fused-step") { Description = "Take the optimizer's step within backward, block by block" };
    private readonly Option<long?> _paged = Number<long?>("--paged-budget-bytes", "Bytes of a paged optimizer's state that stay in memory");
    private readonly Option<double?> _loraPlus = Number<double?>("--lora-plus-ratio", "How many times faster than A an adapter's B learns");
    private readonly Option<double?> _momentum = Number<double?>("--momentum", "The momentum of sgd");
    private readonly Option<int?> _galoreRank = Number<int?>("--galore-rank", "The rank of galore's subspace");
    private readonly Option<int?> _galoreInterval = Number<int?>("--galore-interval", "Steps after which galore looks for its subspace anew");
    private readonly Option<double?> _galoreScale = Number<double?>("--galore-scale", "Galore's factor on what it projects back");
    private readonly Option<double?> _norm = Number<double?>("--max-gradient-norm", "Gradients are scaled down to this norm; infinity switches it off");

    /// <summary>Adds the options to a command.</summary>
    public void AddTo(Command command)
    {
        Option[] all =
        [
            _checkpointing, _offload, _saved, _attention, _arithmetic, _loss, _lossChunk, _smoothing, _zLoss, _accumulate, _optimizer, _fused,
            _paged, _loraPlus, _momentum, _galoreRank, _galoreInterval, _galoreScale, _norm,
        ];
        foreach (var option in all)
            command.Add(option);
    }

    /// <summary>Training options with whatever was given on the command line.</summary>
    /// <exception cref="FormatException">A value is none of a technique's.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A number is out of its range.</exception>
    public TrainingOptions Over(TrainingOptions options, ParseResult parsed) => options with
    {
        Checkpointing = parsed.GetResult(_checkpointing) is null ? options.Checkpointing
            : CheckpointPolicy.Parse(parsed.GetValue(_checkpointing) ?? CheckpointPolicy.Blocks.Name),
        Offload = Choice(parsed, _offload, options.Offload),
        SavedActivations = Choice(parsed, _saved, options.SavedActivations),
        Attention = Choice(parsed, _attention, options.Attention),
        Arithmetic = Choice(parsed, _arithmetic, options.Arithmetic),
        Loss = Choice(parsed, _loss, options.Loss),
        LossChunkBytes = parsed.GetValue(_lossChunk) ?? options.LossChunkBytes,
        LabelSmoothing = parsed.GetValue(_smoothing) ?? options.LabelSmoothing,
        ZLoss = parsed.GetValue(_zLoss) ?? options.ZLoss,
        Accumulate = parsed.GetValue(_accumulate) ?? options.Accumulate,
        Optimizer = Choice(parsed, _optimizer, options.Optimizer),
        FusedStep = parsed.GetValue(_fused) || options.FusedStep,
        PagedBudgetBytes = parsed.GetValue(_paged) ?? options.PagedBudgetBytes,
        LoraPlusRatio = parsed.GetValue(_loraPlus) ?? options.LoraPlusRatio,
        Momentum = parsed.GetValue(_momentum) ?? options.Momentum,
        GaLoreRank = parsed.GetValue(_galoreRank) ?? options.GaLoreRank,
        GaLoreInterval = parsed.GetValue(_galoreInterval) ?? options.GaLoreInterval,
        GaLoreScale = parsed.GetValue(_galoreScale) ?? options.GaLoreScale,
        // Within backward the gradients' common norm is not known.
        MaxGradientNorm = parsed.GetValue(_norm) ?? (parsed.GetValue(_fused) ? double.PositiveInfinity : options.MaxGradientNorm),
    };

    // Names on the command line have hyphens and small letters where the types' have neither: paged-adamw8bit, PagedAdamW8Bit.
    private static T Choice<T>(ParseResult parsed, Option<string?> option, T otherwise) where T : struct, Enum
    {
        if (parsed.GetValue(option) is not { } text)
            return otherwise;
        foreach (var value in Enum.GetValues<T>())
            if (Plain(value.ToString()) == Plain(text) && !char.IsAsciiDigit(text[0]))
                return value;
        throw new FormatException($"{option.Name} is '{text}'; it must be one of {option.Description}.");
    }

    private static string Plain(string name) => name.Replace("-", "", StringComparison.Ordinal).ToLowerInvariant();

    private static Option<string?> Text(string name, string description) => new(name) { Description = description };

    private static Option<T> Number<T>(string name, string description) => new(name) { Description = description };
}
