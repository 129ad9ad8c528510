using PeftLabs.Models;
using PeftLabs.Quantization;

namespace PeftLabs.Labs;

/// <summary>What one format costs a model.</summary>
public sealed record FormatCost
{
    /// <summary>How the projections of the blocks were stored.</summary>
    public required WeightFormat Format { get; init; }

    /// <summary>Weights in them.</summary>
    public required long Weights { get; init; }

    /// <summary>Bytes that the format says they take.</summary>
    public required long PredictedBytes { get; init; }

    /// <summary>Bytes of the tensors that held them.</summary>
    public required long MeasuredBytes { get; init; }

    /// <summary>Perplexity on the text.</summary>
    public required double Perplexity { get; init; }

    /// <summary>How far it is from the unquantized model on the text.</summary>
    public required DriftResult Drift { get; init; }

    /// <summary>The error of every projection.</summary>
    public required IReadOnlyList<ProjectionError> Errors { get; init; }

    /// <summary>Measured bytes a weight.</summary>
    public double BytesPerWeight => (double)MeasuredBytes / Weights;

    /// <summary>Mean KL divergence from the unquantized model, in nats a token.</summary>
    public double MeanKl => Drift.MeanKl;

    /// <summary>Root-mean-square error relative to the weights' own root mean square, over all projections.</summary>
    public double RelativeError => ProjectionError.Together(Errors);

    /// <summary>The same for each layer.</summary>
    public IReadOnlyList<double> ErrorByLayer => [.. Errors.GroupBy(e => e.Layer).OrderBy(g => g.Key).Select(ProjectionError.Together)];

    /// <summary>The same for each kind of projection, such as <c>self_attn.q_proj</c>.</summary>
    public IReadOnlyDictionary<string, double> ErrorByProjection => Errors.GroupBy(e => e.Projection).ToDictionary(g => g.Key, ProjectionError.Together);
}
