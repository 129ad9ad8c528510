using PeftLabs.Memory;

namespace PeftLabs.Cli.Bench;

/// <summary>
/// The process's resident memory before a model is built and with it loaded. From then on the system counts its peak anew, so that what
/// loading took for a moment is not taken for the steps'.
/// </summary>
public sealed class ResidentSteps
{
    /// <summary>Resident bytes when this was made.</summary>
    public long BytesBefore { get; } = ResidentMemory.CurrentBytes;

    /// <summary>Resident bytes with the model loaded.</summary>
    public long LoadedBytes { get; private set; }

    /// <summary>The most while it was loaded.</summary>
    public long LoadPeakBytes { get; private set; }

    /// <summary>The model is loaded.</summary>
    public void Loaded()
    {
        (LoadedBytes, LoadPeakBytes) = (ResidentMemory.CurrentBytes, ResidentMemory.PeakBytes);
        ResidentMemory.ResetPeak();
    }
}
