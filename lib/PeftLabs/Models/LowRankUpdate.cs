using TorchSharp.Modules;

namespace PeftLabs.Models;

/// <summary>
/// A low-rank term of a projection: y += s·B·A·dropout(x), with <c>A</c> <c>[rank, in]</c> and <c>B</c> <c>[out, rank]</c>
/// (LoRA, arXiv 2106.09685).
/// </summary>
/// <param name="A">The projection down to the rank, <c>[rank, in]</c>.</param>
/// <param name="B">The projection up from the rank, <c>[out, rank]</c>.</param>
/// <param name="Scaling">The factor s.</param>
/// <param name="Dropout">Share of x's features set to zero while training, 0 to 1.</param>
public sealed record LowRankUpdate(Parameter A, Parameter B, double Scaling, double Dropout)
{
    /// <summary>The rank r.</summary>
    public long Rank => A.shape[0];
}
