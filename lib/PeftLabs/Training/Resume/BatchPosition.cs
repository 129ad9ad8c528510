namespace PeftLabs.Training;

/// <summary>Where in its data a run goes on.</summary>
public static class BatchPosition
{
    /// <summary>The batches behind the first so many, which are made and freed.</summary>
    public static IEnumerable<TrainingBatch> From(this IEnumerable<TrainingBatch> batches, long first)
    {
        foreach (var batch in batches)
        {
            if (first-- > 0)
                batch.Dispose();
            else
                yield return batch;
        }
    }
}
