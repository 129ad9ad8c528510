using System.Runtime.ExceptionServices;
using static TorchSharp.torch;

namespace PeftLabs.Formats;

/// <summary>
/// Tensors that are to be copied from safetensors files to where they will live, once all are known: then they are read in the order of
/// the files, so that the system reads ahead, by all cores, for what takes time beside the disk is the system's giving them new memory.
/// </summary>
internal sealed unsafe class TensorReads
{
    // Few reads, of which each core has one under way while the disk brings the next.
    private const int PartBytes = 1 << 20;

    private readonly List<Copy> _copies = [];

    /// <summary>Remembers a tensor of the file and a contiguous one of the same type, on the CPU, for its values.</summary>
    public void Add(SafeTensorsFile file, SafeTensorInfo tensor, Tensor destination) => _copies.Add(new(file, tensor, destination));

    /// <summary>Copies all.</summary>
    /// <param name="read">Told, on whatever thread and one call at a time, how many elements were read just now.</param>
    /// <exception cref="IOException">A file cannot be read, or has become shorter.</exception>
    public void Run(Action<long> read)
    {
        _copies.Sort((a, b) => (string.CompareOrdinal(a.File.Path, b.File.Path), a.Tensor.Offset.CompareTo(b.Tensor.Offset)) switch
        {
            (0, var order) => order,
            (var order, _) => order,
        });
        Part[] parts = [.. _copies.SelectMany(Parts)];
        var (next, order) = (-1, new Lock());
        Exception? failure = null;
        Parallel.For(0, Math.Min(Environment.ProcessorCount, parts.Length), _ =>
        {
            for (var i = Interlocked.Increment(ref next); i < parts.Length && failure is null; i = Interlocked.Increment(ref next))
                try
                {
                    var (copy, first, count) = parts[i];
                    copy.File.ReadBytes(copy.Tensor, first, new(copy.Target + first, count));
                    lock (order)
                        read(count / copy.Tensor.Type.Bytes);
                }
                catch (Exception e)
                {
                    Interlocked.CompareExchange(ref failure, e, null);
                }
        });
        _copies.Clear();
        if (failure is not null)
            ExceptionDispatchInfo.Throw(failure);
    }

    private static IEnumerable<Part> Parts(Copy copy)
    {
        for (var at = 0L; at < copy.Tensor.Bytes; at += PartBytes)
            yield return new(copy, at, (int)Math.Min(PartBytes, copy.Tensor.Bytes - at));
    }

    private sealed record Part(Copy Copy, long First, int Count);

    private sealed class Copy(SafeTensorsFile file, SafeTensorInfo tensor, Tensor destination)
    {
        public SafeTensorsFile File => file;

        public SafeTensorInfo Tensor => tensor;

        public byte* Target { get; } = LargePages.Wanted(destination, tensor.Bytes);
    }
}
