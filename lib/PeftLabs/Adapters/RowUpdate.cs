using TorchSharp;
using static TorchSharp.torch;

namespace PeftLabs.Adapters;

/// <summary>s·B·A, some rows at a time; owns A <c>[rank, in]</c> and B <c>[out, rank]</c>, both float32.</summary>
internal sealed class RowUpdate(Tensor a, Tensor b, double scaling) : IDisposable
{
    /// <summary>Adds to rows from <paramref name="firstRow"/> on, float32 or float64, in place.</summary>
    public void AddTo(Tensor rows, long firstRow)
    {
        using var scope = NewDisposeScope();
        rows.add_(b.narrow(0, firstRow, rows.shape[0]).mm(a), scaling);
    }

    public void Dispose()
    {
        a.Dispose();
        b.Dispose();
    }
}
