using PeftLabs.Models;
using PeftLabs.Quantization;
using TorchSharp;
using static TorchSharp.torch;

namespace PeftLabs.Training.Optimizers;

/// <summary>
/// The directions in which a matrix is largest, by subspace iteration from a random start (Halko, Martinsson and Tropp, arXiv 0909.4061).
/// A singular value decomposition of the whole is not needed, and nothing of the matrix's own size is made.
/// </summary>
internal static class GradientSubspace
{
    // Columns beyond the rank, and passes: what is lost then is far below what a gradient's noise moves.
    private const int Oversampling = 8, Passes = 4;
    private const double SmallestScale = 1e-30;

    /// <summary>
    /// The right singular vectors of G [rows, columns] that belong to its <paramref name="rank"/> largest singular values, the last one's
    /// first, as columns [columns, rank] in float32. The same arguments give the same bits.
    /// </summary>
    public static Tensor Find(Tensor g, int rank, string name, ulong seed)
    {
        using var scope = NewDisposeScope();
        var width = Math.Min(rank + Oversampling, g.shape[1]);
        var basis = Start(g.shape[1], width, name, seed).to(g.device);
        // As it lies in memory: of a transposed matrix torch would make a copy first.
        using var flat = (g.is_contiguous() ? g : g.t()).reshape(-1);
        var scale = flat.max().maximum(flat.min().neg()).to(ScalarType.Float32).clamp_min(SmallestScale).reciprocal_();
        for (var pass = 0; pass < Passes; pass++)
            basis = linalg.qr(Gram(g, scale, basis)).Item1;
        // Within the subspace, the eigenvectors of its Gram matrix, ascending.
        var vectors = linalg.eigh(basis.t().mm(Gram(g, scale, basis))).Item2;
        return basis.mm(vectors.narrow(1, width - rank, rank)).MoveToOuterDisposeScope();
    }

    // GᵀG·basis, some rows of G at a time; scaled, so that squares of small gradients do not vanish.
    private static Tensor Gram(Tensor g, Tensor scale, Tensor basis)
    {
        var sum = zeros_like(basis);
        var size = Math.Max(1, Optimizer.ChunkValues / g.shape[1]);
        for (var first = 0L; first < g.shape[0]; first += size)
        {
            using var scope = NewDisposeScope();
            var rows = g.narrow(0, first, Math.Min(size, g.shape[0] - first)).to(ScalarType.Float32).mul(scale);
            sum.add_(rows.t().mm(rows.mm(basis)));
        }
        return sum;
    }

    private static Tensor Start(long rows, long columns, string name, ulong seed)
    {
        var start = empty([rows, columns], dtype: ScalarType.Float32, device: CPU);
        new NormalNumbers(seed, name).Fill(start.Span<float>(), 0);
        return start;
    }
}
