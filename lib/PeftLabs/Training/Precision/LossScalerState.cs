namespace PeftLabs.Training;

/// <summary>Where a <see cref="LossScaler"/> stands.</summary>
/// <param name="Scale">What the loss is multiplied by.</param>
/// <param name="GoodSteps">Good steps since the scale last changed.</param>
/// <param name="Skipped">The last <see cref="LossScaler.Window"/> steps, the newest lowest; a bit is set where it was skipped.</param>
public sealed record LossScalerState(double Scale, int GoodSteps, ulong Skipped);
