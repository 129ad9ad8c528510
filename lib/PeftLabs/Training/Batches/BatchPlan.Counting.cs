using PeftLabs.Models;

namespace PeftLabs.Training;

// What is known of batches without making them.
public sealed partial class BatchPlan
{
    /// <summary>The batches of some passes over the examples, a part of a pass among them; the last one may begin the next pass.</summary>
    /// <param name="epochs">The passes, above 0.</param>
    /// <exception cref="ArgumentOutOfRangeException">They are not.</exception>
    public long BatchesOf(double epochs)
    {
        if (!(epochs > 0) || !double.IsFinite(epochs))
            throw new ArgumentOutOfRangeException(nameof(epochs), epochs, $"Epochs is {epochs}; it must be a number above 0.");
        // A hair more than a whole number is rounding, such as of 0.1 · 30.
        static long Up(double count) => Math.Max(1, (long)Math.Ceiling(count - 1e-9));
        if (_options.Kind == BatchKind.Padded)
            return Up(epochs * _examples.Count / _options.Size);
        var (whole, batches) = (Math.Floor(epochs), 0L);
        var last = 0L;
        foreach (var planned in PlannedFrom().TakeWhile(batch => batch.Epoch <= whole))
        {
            if (planned.Epoch < whole)
                batches++;
            else if (epochs > whole)
                last++;
            else
                break;
        }
        return Up(batches + (epochs - whole) * last);
    }

    /// <summary>Tokens of a batch that are learned and have one before them in their document.</summary>
    internal long TargetsOf(PlannedBatch planned) => planned.Examples.Sum(index =>
    {
        var (example, targets) = (_examples[index], 0L);
        for (var i = 1; i < Length(index); i++)
            targets += example.IsLearned(i) ? 1 : 0;
        return targets;
    });

    /// <summary>Where the examples of a batch will lie; null where each row is one.</summary>
    internal SequenceLayout? LayoutOf(PlannedBatch planned) => Collation.Layout(planned, Length, _options.Kind == BatchKind.Packed);
}
