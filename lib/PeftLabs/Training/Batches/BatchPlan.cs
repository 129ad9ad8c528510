using PeftLabs.Models;

namespace PeftLabs.Training;

/// <summary>
/// The batches of a run, epoch after epoch without end, in an order that follows from the seed alone. A batch is a few indices until
/// it is reached; only then are its tensors made. So a run goes on from its n-th batch as if it had never stopped.
/// </summary>
public sealed partial class BatchPlan
{
    // Batches' worth of examples, in drawn order, within which examples of about one length are brought together: many enough that little
    // is padded, few enough that batches are drawn anew in each epoch.
    private const int BatchesSortedTogether = 50;

    private readonly IReadOnlyList<TokenizedExample> _examples;
    private readonly BatchOptions _options;

    /// <summary>A plan over some examples.</summary>
    /// <exception cref="ArgumentException">
    /// There is no example, or one is empty or longer than <see cref="BatchOptions.Tokens"/> and not to be cut; or the options do not fit
    /// together.
    /// </exception>
    public BatchPlan(IReadOnlyList<TokenizedExample> examples, BatchOptions options)
    {
        options.Validate();
        if (examples.Count == 0)
            throw new ArgumentException("There are 0 examples; at least 1 is needed.", nameof(examples));
        foreach (var (index, example) in examples.Index())
        {
            if (example.Ids.Count == 0)
                throw new ArgumentException($"Example {index} has no tokens.", nameof(examples));
            if (example.Ids.Count > options.Tokens && !options.Truncate)
                throw new ArgumentException($"Example {index} has {example.Ids.Count} tokens; {nameof(BatchOptions.Tokens)} is {options.Tokens}. "
                    + $"Raise it, leave the example out, or set {nameof(BatchOptions.Truncate)}.", nameof(examples));
        }
        (_examples, _options) = (examples, options);
    }

    /// <summary>The batches from one on, the first being 0. Those before it cost no tensors, only their share of the plan.</summary>
    public IEnumerable<TrainingBatch> From(long firstBatch = 0) => PlannedFrom(firstBatch).Select(Make);

    /// <summary>The plan of the batches from one on.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The number is below 0.</exception>
    public IEnumerable<PlannedBatch> PlannedFrom(long firstBatch = 0)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(firstBatch);
        return _options.Kind == BatchKind.Padded ? Padded(firstBatch) : Planned(firstBatch);
    }

    /// <summary>The share of padding in the tokens of some batches, from 0 up to 1.</summary>
    /// <exception cref="ArgumentOutOfRangeException">No batch is asked for, or the first is below 0.</exception>
    public double PaddingShare(long firstBatch, int batches)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(batches);
        var (padding, tokens) = (0L, 0L);
        foreach (var batch in PlannedFrom(firstBatch).Take(batches))
            (padding, tokens) = (padding + batch.PaddingTokens, tokens + batch.Tokens);
        return (double)padding / tokens;
    }

    /// <summary>Makes the tensors of a planned batch; the caller owns them.</summary>
    public TrainingBatch Make(PlannedBatch planned) =>
        Collation.Make(_examples, planned, Length, _options.Kind == BatchKind.Packed, _options.PadId, _options.Device);

    private int Length(int example) => Math.Min(_examples[example].Ids.Count, _options.Tokens ?? int.MaxValue);

    // The examples of all epochs in one line, cut into batches of one size: a batch may end one epoch and begin the next.
    private IEnumerable<PlannedBatch> Padded(long firstBatch)
    {
        var skipped = firstBatch * _options.Size;
        var (epoch, begun) = (skipped / _examples.Count, skipped / _examples.Count);
        var next = (int)(skipped % _examples.Count);
        List<int> rows = [];
        foreach (var order in new ExampleOrder(_examples.Count, _options.Seed).Epochs().Skip(checked((int)epoch)))
        {
            for (; next < order.Length; next++)
            {
                if (rows.Count == 0)
                    begun = epoch;
                rows.Add(order[next]);
                if (rows.Count < _options.Size)
                    continue;
                yield return Plan(begun, rows.Select(r => new[] { r }));
                rows.Clear();
            }
            (next, epoch) = (0, epoch + 1);
        }
    }

    // Every epoch is whole batches of its own.
    private IEnumerable<PlannedBatch> Planned(long firstBatch)
    {
        foreach (var (epoch, order) in new ExampleOrder(_examples.Count, _options.Seed).Epochs().Index())
        {
            var batches = Epoch(epoch, order);
            ExampleOrder.Shuffle(batches, new RandomBits(_options.Seed, $"batches of epoch {epoch}"), 0);
            for (; firstBatch < batches.Length; firstBatch++)
                yield return Plan(epoch, batches[firstBatch]);
            firstBatch -= batches.Length;
        }
    }

    private int[][][] Epoch(long epoch, int[] order) => _options.Kind switch
    {
        BatchKind.Bucketed => [.. order.Chunk(_options.Size * BatchesSortedTogether)
            .SelectMany(chunk => chunk.OrderByDescending(Length).Chunk(_options.Size)).Select(Alone)],
        BatchKind.Dynamic => [.. Stretches(order, _options.Tokens!.Value).SelectMany(chunk => Fitting([.. chunk.OrderByDescending(Length)])).Select(Alone)],
        _ => [.. PackedRows(epoch, order).Chunk(_options.Size)],
    };

    private static int[][] Alone(int[] examples) => Array.ConvertAll(examples, e => new[] { e });

    // Rows in drawn order, so that a batch does not consist of those that were filled first, with the longest examples.
    private int[][] PackedRows(long epoch, int[] order)
    {
        var tokens = _options.Tokens!.Value;
        int[][] rows = [.. Stretches(order, (long)tokens * _options.Size)
            .SelectMany(chunk => RowPacking.BestFitDecreasing(chunk, Length, tokens)).Select(row => row.ToArray())];
        ExampleOrder.Shuffle(rows, new RandomBits(_options.Seed, $"rows of epoch {epoch}"), 0);
        return rows;
    }

    // Stretches of the order with about the tokens of as many batches as are sorted together.
    private IEnumerable<List<int>> Stretches(int[] order, long batchTokens)
    {
        List<int> stretch = [];
        var tokens = 0L;
        foreach (var example in order)
        {
            stretch.Add(example);
            tokens += Length(example);
            if (tokens < batchTokens * BatchesSortedTogether)
                continue;
            yield return stretch;
            (stretch, tokens) = ([], 0);
        }
        if (stretch.Count > 0)
            yield return stretch;
    }

    // From the longest on, as many as fit when each is as long as the batch's first.
    private IEnumerable<int[]> Fitting(int[] sorted)
    {
        for (var first = 0; first < sorted.Length;)
        {
            var count = Math.Min(sorted.Length - first, _options.Tokens!.Value / Length(sorted[first]));
            yield return sorted[first..(first + count)];
            first += count;
        }
    }

    internal PlannedBatch Plan(long epoch, IEnumerable<int[]> rows)
    {
        int[][] all = [.. rows];
        var lengths = all.Select(row => row.Sum(e => (long)Length(e))).ToList();
        var width = lengths.Max();
        return new(epoch, all, width, width * all.Length - lengths.Sum());
    }
}
