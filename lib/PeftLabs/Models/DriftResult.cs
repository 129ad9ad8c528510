namespace PeftLabs.Models;

/// <summary>How far a model's next-token distributions are from a reference's.</summary>
/// <param name="MeanKl">The mean of KL(reference‖model) over the predicted tokens, in nats.</param>
/// <param name="MaxKl">The largest of them, in nats.</param>
/// <param name="Tokens">Tokens predicted.</param>
public sealed record DriftResult(double MeanKl, double MaxKl, int Tokens);
