using PeftLabs.Memory;
using TorchSharp;
using static TorchSharp.torch;

namespace PeftLabs.Quantization.Streaming;

/// <summary>A group in memory, or on its way there. On another device than the host its bytes come through staging tensors.</summary>
internal sealed class StreamSlot(int group, StoredWeight[] weights) : IDisposable
{
    private ReadRequest? _request;
    private Staging? _staging;

    /// <summary>The group.</summary>
    public int Group => group;

    /// <summary>Its weights, undefined until <see cref="Wait"/> returns.</summary>
    public StoredWeight[] Weights => weights;

    /// <summary>Whether it can be used without waiting.</summary>
    public bool IsThere => _request is null or { IsDone: true };

    /// <summary>Makes room for a group on this thread, so that the meter of this thread counts it.</summary>
    public static StreamSlot Allocate(int group, IReadOnlyList<StreamedMatrix> matrices, Device device)
    {
        using var _ = no_grad();
        using var category = MemoryMeter.Category(MemoryCategory.Weights);
        var made = new List<StoredWeight>();
        try
        {
            foreach (var matrix in matrices)
                made.Add(matrix.Allocate(device));
            return new(group, [.. made]);
        }
        catch
        {
            made.ForEach(weight => weight.Dispose());
            throw;
        }
    }

    /// <summary>Its memory for another group of the same shapes and formats; this slot is not used any more.</summary>
    public StreamSlot Reuse(int other) => new(other, weights);

    /// <summary>Begins to read.</summary>
    public void Start(ReadingThread thread, IGroupSource source, Staging? staging)
    {
        var tensors = Tensors().ToList();
        _staging = staging;
        var ranges = (staging?.For(tensors) ?? tensors).Select(NativeRange.Of).ToList();
        _request = thread.Start(cancellation => source.Read(group, ranges, cancellation));
    }

    /// <summary>Waits until the weights are there.</summary>
    public void Wait(IGroupSource source, IReadOnlyList<StreamedMatrix> matrices)
    {
        if (_request is null)
            return;
        _request.Wait();
        _staging?.CopyTo(Tensors());
        foreach (var (index, matrix) in matrices.Index())
            if (matrix.Format.Scalars > 0)
                weights[index].SetScalars(source.Scalars(matrix));
        _request.Dispose();
        (_request, _staging) = (null, null);
    }

    /// <summary>Stops reading.</summary>
    public void Abandon()
    {
        _request?.Abandon();
        _request?.Dispose();
        (_request, _staging) = (null, null);
    }

    /// <summary>Frees the weights.</summary>
    public void Dispose()
    {
        Abandon();
        foreach (var weight in weights)
            weight.Dispose();
    }

    private IEnumerable<Tensor> Tensors() => weights.SelectMany(w => w.Tensors).Select(part => part.Tensor);
}
