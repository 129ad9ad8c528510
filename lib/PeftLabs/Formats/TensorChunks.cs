using static TorchSharp.torch;

namespace PeftLabs.Formats;

/// <summary>Walks through a tensor in row-major order in pieces of bounded size, whatever its strides, shape and device.</summary>
internal static class TensorChunks
{
    /// <summary>Large enough to hide the cost of a call, small enough not to show in resident memory.</summary>
    public const int Bytes = 4 << 20;

    /// <summary>
    /// Calls <paramref name="visit"/> with one-dimensional views of <paramref name="tensor"/>, of at most <paramref name="elements"/>,
    /// and the number of elements before each.
    /// </summary>
    public static void Visit(Tensor tensor, long elements, Action<Tensor, long> visit, long first = 0)
    {
        if (tensor.is_contiguous())
        {
            using var flat = tensor.view(-1);
            VisitFlat(flat, elements, visit, first);
            return;
        }
        if (tensor.dim() == 1)
        {
            VisitFlat(tensor, elements, visit, first);
            return;
        }
        var rows = tensor.shape[0];
        for (var i = 0L; i < rows; i++)
        {
            using var row = tensor.select(0, i);
            Visit(row, elements, visit, first + i * row.numel());
        }
    }

    private static void VisitFlat(Tensor flat, long elements, Action<Tensor, long> visit, long first)
    {
        var count = flat.numel();
        for (var at = 0L; at < count; at += elements)
        {
            using var part = flat.narrow(0, at, Math.Min(elements, count - at));
            visit(part, first + at);
        }
    }
}
