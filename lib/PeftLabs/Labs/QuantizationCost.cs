using PeftLabs.Formats;
using PeftLabs.Models;
using PeftLabs.Plotting;
using PeftLabs.Quantization;
using PeftLabs.Training;

namespace PeftLabs.Labs;

/// <summary>
/// What quantizing a model costs, format by format: bytes a weight, the error of its weights by layer and kind, perplexity on a text and
/// drift from the unquantized model. Only the projections of the blocks change format; embedding, head and norms stay as they are.
/// </summary>
public static class QuantizationCost
{
    /// <summary>Measures formats one after the other; each is loaded once and freed before the next.</summary>
    /// <param name="modelFolder">A model in 16 or 32 bits.</param>
    /// <param name="ids">A text.</param>
    /// <param name="formats">The formats.</param>
    /// <param name="window">Tokens that the model sees at once, at most.</param>
    /// <param name="cancellation">Ends it between windows.</param>
    /// <exception cref="ArgumentException">There are no formats or fewer than two tokens, or the window is too short.</exception>
    /// <exception cref="ModelFormatException">The model is broken or quantized already.</exception>
    public static IReadOnlyList<FormatCost> Measure(
        string modelFolder, IReadOnlyList<int> ids, IReadOnlyList<WeightFormat> formats, int window = 512, CancellationToken cancellation = default)
    {
        if (formats.Count == 0)
            throw new ArgumentException("There are no formats to measure; name at least one, such as nf4.", nameof(formats));
        var (_, plain) = CheckpointTypes.Unquantized(modelFolder);
        using var checkpoint = Checkpoint.Open(modelFolder);
        using var drift = Unquantized(out var unquantized);
        return [.. formats.Select(format => format == plain.Projections ? unquantized : Cost(format))];

        Drift Unquantized(out FormatCost cost)
        {
            using var model = CausalLM.Load(modelFolder, plain);
            var reference = Drift.From(model, ids, window, cancellation);
            cost = Of(model, plain.Projections, new(0, 0, ids.Count - 1));
            return reference;
        }

        FormatCost Cost(WeightFormat format)
        {
            using var model = CausalLM.Load(modelFolder, plain with { Projections = format });
            return Of(model, format, drift.To(model, cancellation));
        }

        FormatCost Of(CausalLM model, WeightFormat format, DriftResult drifted)
        {
            var weights = model.Blocks.SelectMany(b => b.Projections).Select(p => p.Weight).ToList();
            return new()
            {
                Format = format,
                Weights = weights.Sum(w => w.Rows * w.Columns),
                PredictedBytes = weights.Sum(w => format.StoredBytes(w.Rows, w.Columns)),
                MeasuredBytes = weights.SelectMany(w => w.Tensors).Sum(t => t.Tensor.numel() * t.Tensor.dtype.ToSafeTensorType().Bytes),
                Perplexity = Perplexity.Of(model, ids, window),
                Drift = drifted,
                Errors = [.. WeightErrors.Of(model, checkpoint, cancellation)],
            };
        }
    }

    /// <summary>Perplexity against bytes a weight, a labelled point a format.</summary>
    public static Figure Figure(IReadOnlyList<FormatCost> costs) => QuantizationCharts.Cost(costs);

    /// <summary>The relative error of the weights over the layers, a line a format.</summary>
    public static Figure ErrorByLayer(IReadOnlyList<FormatCost> costs) => QuantizationCharts.ErrorByLayer(costs);
}
