namespace PeftLabs.Training.Optimizers;

/// <summary>Predicts the bytes of an optimizer's state from shapes alone, to the byte.</summary>
public static class OptimizerState
{
    /// <summary>
    /// Bytes of state for parameters of these shapes, wherever they lie: what <see cref="Optimizer.StateBytes"/> will be.
    /// </summary>
    public static long Bytes(TrainingOptions options, IEnumerable<long[]> shapes) => Specs(options, shapes).Sum(s => s.Bytes);

    /// <summary>
    /// Those of them that lie in memory, and not in a paged optimizer's file: what <see cref="Optimizer.ResidentStateBytes"/> will be.
    /// The order of the shapes is that of the parameters.
    /// </summary>
    public static long ResidentBytes(TrainingOptions options, IEnumerable<long[]> shapes)
    {
        var specs = Specs(options, shapes).ToList();
        return specs.Zip(StateStore.Placement(specs, StateLayout.Budget(options))).Where(s => s.Second).Sum(s => s.First.Bytes);
    }

    private static IEnumerable<StateSpec> Specs(TrainingOptions options, IEnumerable<long[]> shapes) =>
        shapes.SelectMany(shape => StateLayout.Of(options, shape));
}
