using PeftLabs.Memory.Profiling;
using PeftLabs.Models;
using static TorchSharp.torch;

namespace PeftLabs.Training;

/// <summary>Turns planned rows into tensors.</summary>
internal static class Collation
{
    /// <summary>
    /// Ids and labels, padded on the right. What an example does not learn carries no label, nor does the first token of an example in a packed row:
    /// what stands before it belongs to another. Attention passes padding by.
    /// </summary>
    public static TrainingBatch Make(
        IReadOnlyList<TokenizedExample> examples, PlannedBatch planned, Func<int, int> length, bool packed, int padId, Device? device)
    {
        using var profile = ProfileScope.Operator("batch");
        var (rows, width) = (planned.Rows.Count, planned.Width);
        var (ids, labels) = (new long[rows * width], new long[rows * width]);
        Array.Fill(ids, padId);
        Array.Fill(labels, TrainingBatch.Ignored);
        foreach (var (index, span) in Spans(planned, length))
        {
            var (start, tokens) = ((int)(span.Row * width + span.Start), (int)span.Length);
            examples[index].CopyTo(ids.AsSpan(start, tokens), labels.AsSpan(start, tokens));
            if (packed && tokens > 0)
                labels[start] = TrainingBatch.Ignored;
        }
        return new(tensor(ids, rows, width, device: device), tensor(labels, rows, width, device: device),
            Layout(planned, length, packed), planned.PaddingTokens);
    }

    /// <summary>Where the examples lie; null where each row is one.</summary>
    public static SequenceLayout? Layout(PlannedBatch planned, Func<int, int> length, bool packed) => packed || planned.PaddingTokens > 0
        ? new(planned.Rows.Count, planned.Width, Spans(planned, length).Select(s => s.Span))
        : null;

    private static IEnumerable<(int Example, SequenceSpan Span)> Spans(PlannedBatch planned, Func<int, int> length)
    {
        foreach (var (row, indices) in planned.Rows.Index())
        {
            var start = 0L;
            foreach (var index in indices)
            {
                yield return (index, new(row, start, length(index)));
                start += length(index);
            }
        }
    }
}
