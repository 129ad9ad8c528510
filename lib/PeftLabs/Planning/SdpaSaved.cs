namespace PeftLabs.Planning;

/// <summary>What the operators of a call saved for backward, each where a gradient needs it.</summary>
/// <param name="Call">The call.</param>
/// <param name="Scaled">The queries.</param>
/// <param name="Keys">The keys.</param>
/// <param name="Hidden">The mask.</param>
/// <param name="Values">The values.</param>
/// <param name="Weights">The probabilities.</param>
internal sealed record SdpaSaved(SdpaCall Call, WalkBlock? Scaled, WalkBlock? Keys, WalkBlock? Hidden, WalkBlock? Values, WalkBlock Weights);
