using PeftLabs.Formats;
using PeftLabs.Models;
using TorchSharp;
using static TorchSharp.torch;

namespace PeftLabs.Labs;

/// <summary>Compares the projections of a loaded model with its checkpoint, some rows at a time.</summary>
internal static class WeightErrors
{
    private const long ChunkValues = 1 << 20;

    public static IEnumerable<ProjectionError> Of(CausalLM model, Checkpoint checkpoint, CancellationToken cancellation) =>
        from block in model.Blocks.Index()
        from projection in block.Item.Projections
        select Of(projection, block.Index, projection.Path[(model.Config.Family.LayerName(block.Index).Length + 1)..], checkpoint, cancellation);

    private static ProjectionError Of(Projection projection, int layer, string kind, Checkpoint checkpoint, CancellationToken cancellation)
    {
        using var _ = no_grad();
        var (error, weight) = (0.0, 0.0);
        var most = Math.Max(1, ChunkValues / projection.InFeatures);
        for (var row = 0L; row < projection.OutFeatures; row += most)
        {
            cancellation.ThrowIfCancellationRequested();
            using var scope = NewDisposeScope();
            var values = empty([Math.Min(most, projection.OutFeatures - row), projection.InFeatures], dtype: ScalarType.Float32);
            checkpoint.ReadRowsInto($"{projection.Path}.weight", row, values);
            error += SquaredSum(projection.Weight.Decode(row, values.shape[0]).to(CPU).sub_(values));
            weight += SquaredSum(values);
        }
        return new(layer, kind, error, weight);
    }

    private static double SquaredSum(Tensor values) => values.to(ScalarType.Float64).square().sum().item<double>();
}
