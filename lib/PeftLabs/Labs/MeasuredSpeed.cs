using System.Text.Json;
using PeftLabs.Formats;
using PeftLabs.Planning;

namespace PeftLabs.Labs;

/// <summary>This machine's two ceilings, measured once and kept, so that a prediction costs no benchmark.</summary>
public static class MeasuredSpeed
{
    private sealed record Kept(string Name, double FlopsPerSecond, double BytesPerSecond, DateTimeOffset Measured);

    /// <summary>The file in which they are kept.</summary>
    public static string File => Path.Combine(LabPaths.Root, "artifacts", "machine-speed.json");

    /// <summary>The ceilings as kept, or measured and kept where there are none of this machine.</summary>
    public static MachineSpeed Current => TryRead() ?? Measure();

    /// <summary>The ceilings as kept; null where there are none of this machine.</summary>
    public static MachineSpeed? CurrentIfKept => TryRead();

    /// <summary>
    /// Ceilings for a machine that has not been measured: 50 GFLOP/s a core in float32, as with vectors of 256 bits at some 2 GHz, and copies
    /// at 8 GB/s. Their seconds compare techniques; they are not this machine's.
    /// </summary>
    public static MachineSpeed Assumed => new($"{Name}, not measured", 50e9 * Environment.ProcessorCount, 8e9);

    /// <summary>Measures, for about five seconds, and keeps what is found. Other work on the machine shows in it.</summary>
    public static MachineSpeed Measure()
    {
        var speed = new MachineSpeed(Name, MatmulBenchmark.GigaflopsPerSecond() * 1e9, CopyBenchmark.BytesPerSecond());
        Directory.CreateDirectory(Path.GetDirectoryName(File)!);
        AtomicFile.WriteText(File, JsonSerializer.Serialize(
            new Kept(speed.Name, speed.FlopsPerSecond, speed.BytesPerSecond, DateTimeOffset.UtcNow), RunJson.Indented) + "\n");
        return speed;
    }

    // The processor and the cores: with others, what was kept is of another machine.
    private static string Name => $"{MachineParts.Processor() ?? "a CPU"}, {Environment.ProcessorCount} cores";

    private static MachineSpeed? TryRead()
    {
        if (!System.IO.File.Exists(File))
            return null;
        var kept = RunJson.Read<Kept>(System.IO.File.ReadAllText(File), File);
        return kept.Name == Name ? new(kept.Name, kept.FlopsPerSecond, kept.BytesPerSecond) : null;
    }
}
