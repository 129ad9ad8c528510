using System.Globalization;
using PeftLabs.Memory;

namespace PeftLabs.Training;

/// <summary>Says of a run how far it is: step, loss, rate, memory and the time left.</summary>
public sealed class TrainingProgress(int steps)
{
    private double _seconds;
    private int _counted;

    /// <summary>The line for a step that has just ended. The first step, which is slower, does not count for the time left.</summary>
    public string Line(StepRecord step)
    {
        if (step.Step > 1 || steps == 1)
            (_seconds, _counted) = (_seconds + step.Seconds, _counted + 1);
        var each = _counted > 0 ? _seconds / _counted : step.Seconds;
        var memory = step.PeakBytes > 0 ? $"  peak {ByteSize.Format(step.PeakBytes)}" : "";
        return string.Create(CultureInfo.InvariantCulture,
            $"step {step.Step}/{steps}  loss {step.Loss:0.0000}  {step.Seconds:0.00} s  {step.TokensPerSecond:0} tokens/s{memory}  {TimeText.Format(TimeSpan.FromSeconds(each * (steps - step.Step)))} left");
    }
}
