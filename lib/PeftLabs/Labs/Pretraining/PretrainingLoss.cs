namespace PeftLabs.Labs;

/// <summary>A point of a loss curve.</summary>
/// <param name="Step">The last of the steps that it is the mean of.</param>
/// <param name="Loss">Their mean loss in nats a token.</param>
public sealed record PretrainingLoss(long Step, double Loss);
