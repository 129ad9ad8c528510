namespace PeftLabs.Planning;

/// <summary>A machine as the seconds of a step see it: two ceilings, which <see cref="TrainingPlan.PredictTime"/> divides by.</summary>
public sealed record MachineSpeed
{
    /// <summary>Takes the two ceilings.</summary>
    /// <param name="name">What tables call the machine.</param>
    /// <param name="flopsPerSecond">Floating-point operations a second in a large product of square matrices.</param>
    /// <param name="bytesPerSecond">Bytes copied a second, each read once and written once, by all cores.</param>
    /// <exception cref="ArgumentOutOfRangeException">A ceiling is not a number above 0.</exception>
    public MachineSpeed(string name, double flopsPerSecond, double bytesPerSecond)
    {
        Name = name;
        FlopsPerSecond = Positive(flopsPerSecond, nameof(flopsPerSecond));
        BytesPerSecond = FileBytesPerSecond = Positive(bytesPerSecond, nameof(bytesPerSecond));
    }

    /// <summary>What tables call the machine.</summary>
    public string Name { get; }

    /// <summary>Floating-point operations a second in a large product of square matrices, a multiplication and an addition being two.</summary>
    public double FlopsPerSecond { get; }

    /// <summary>Bytes copied a second, each read once and written once.</summary>
    public double BytesPerSecond { get; }

    /// <summary>
    /// Bytes copied a second to or from what lies outside the device's memory: a file in the system's cache, which is copied as fast as any
    /// other memory unless it is said otherwise, or, for a GPU, whatever crosses the bus.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">It is not a number above 0.</exception>
    public double FileBytesPerSecond
    {
        get;
        init => field = Positive(value, nameof(FileBytesPerSecond));
    }

    /// <summary>
    /// Seconds of an operator whose numbers take none: its way through the dispatcher, its result's allocation, and waking the threads that
    /// share its work. 35 µs as measured on a processor's libtorch.
    /// </summary>
    public double CallSeconds { get; init; } = 35e-6;

    /// <summary>Seconds to clear and map a page of 4 KiB that the system hands out anew; 0 where memory is handed out by the kit's libtorch.</summary>
    public double PageSeconds { get; init; } = 3.5e-6;

    private static double Positive(double value, string name) => value > 0 && double.IsFinite(value)
        ? value
        : throw new ArgumentOutOfRangeException(name, value, $"{name} is {value}; it must be a number above 0.");
}
