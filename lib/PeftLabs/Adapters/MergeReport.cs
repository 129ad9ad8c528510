using PeftLabs.Models;

namespace PeftLabs.Adapters;

/// <summary>What a merge did.</summary>
/// <param name="Modules">Projections to which an update was added.</param>
/// <param name="BytesWritten">Bytes of the safetensors files.</param>
/// <param name="Seconds">Seconds that it took, measuring the drift included.</param>
/// <param name="Drift">How far the folder, loaded again, is from base + adapter; null without a sample.</param>
public sealed record MergeReport(int Modules, long BytesWritten, double Seconds, DriftResult? Drift)
{
    /// <summary>The mean KL divergence from base + adapter in nats a token; null without a sample.</summary>
    public double? MeanKl => Drift?.MeanKl;

    /// <summary>The largest KL divergence from base + adapter in nats; null without a sample.</summary>
    public double? MaxKl => Drift?.MaxKl;
}
