namespace PeftLabs.Models.Generation;

/// <summary>Continues many sequences, some at a time.</summary>
internal static class BatchRun
{
    /// <summary>
    /// Continues sequences to their ends, so many at once, and gives each with its place among them as it ends. They are made when their
    /// turn comes, and disposed when they have ended.
    /// </summary>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public static void Each(CausalLM model, IEnumerable<GeneratingSequence> sequences, int most,
        Action<int, GeneratingSequence> ended, CancellationToken cancellation)
    {
        using var batch = new SequenceBatch(model);
        var going = new List<(int Index, GeneratingSequence Sequence)>();
        try
        {
            foreach (var next in sequences.Index())
            {
                going.Add(next);
                batch.Start(next.Item, cancellation);
                while (going.Count == most)
                    Take(batch, going, ended, cancellation);
            }
            while (going.Count > 0)
                Take(batch, going, ended, cancellation);
        }
        finally
        {
            going.ForEach(g => g.Sequence.Dispose());
        }
    }

    // Those that have ended leave; where none has, each goes on by a token.
    private static void Take(SequenceBatch batch, List<(int Index, GeneratingSequence Sequence)> going,
        Action<int, GeneratingSequence> ended, CancellationToken cancellation)
    {
        var left = going.RemoveAll(g =>
        {
            if (g.Sequence.Reason is null)
                return false;
            ended(g.Index, g.Sequence);
            g.Sequence.Dispose();
            return true;
        });
        if (left == 0)
            batch.Step(cancellation);
    }
}
