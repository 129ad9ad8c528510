namespace PeftLabs.Plotting;

/// <summary>The losses of one training run.</summary>
/// <param name="Name">What to call it.</param>
/// <param name="Losses">The loss after each step, the first first, in nats a token.</param>
/// <param name="FirstStep">The number of the first.</param>
public sealed record LossRun(string Name, IReadOnlyList<double> Losses, int FirstStep = 1)
{
    /// <summary>Losses on held-out data after some of the steps.</summary>
    public IReadOnlyList<(int Step, double Loss)> Validation { get; init; } = [];
}
