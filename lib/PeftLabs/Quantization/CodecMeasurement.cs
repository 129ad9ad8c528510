namespace PeftLabs.Quantization;

/// <summary>How fast one operation of one format ran.</summary>
/// <param name="Format">The format, or "memory" for the plain copy that sets the ceiling.</param>
/// <param name="Operation">What was done.</param>
/// <param name="Path">The instruction set.</param>
/// <param name="Weights">Weights in one run.</param>
/// <param name="Bytes">Bytes that one run has to read and to write: codes and scales, and four for a float32.</param>
/// <param name="Seconds">The fastest run.</param>
/// <param name="CopyBytesPerSecond">Bytes read and written by a large copy on as many threads, its fastest run.</param>
public sealed record CodecMeasurement(
    string Format, string Operation, string Path, long Weights, long Bytes, double Seconds, double CopyBytesPerSecond)
{
    /// <summary>Weights a second.</summary>
    public double WeightsPerSecond => Weights / Seconds;

    /// <summary>Bytes moved a second.</summary>
    public double BytesPerSecond => Bytes / Seconds;

    /// <summary>Bytes moved a second as a part of what the copy moves.</summary>
    public double OfCopyBandwidth => BytesPerSecond / CopyBytesPerSecond;

    /// <summary>One row of a table.</summary>
    public override string ToString() =>
        $"{Format,-14} {Operation,-16} {Path,-8} {WeightsPerSecond / 1e9,7:f2} G weights/s "
        + $"{BytesPerSecond / 1e9,7:f2} GB/s {OfCopyBandwidth,6:p0} of copy";
}
