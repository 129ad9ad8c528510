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
        List<SequenceSpan> spans = [];
        foreach (var (row, indices) in planned.Rows.Index())
        {
            var start = 0L;
            foreach (var index in indices)
            {
                var (example, tokens) = (examples[index], length(index));
                Copy(example, ids.AsSpan((int)(row * width + start), tokens), labels.AsSpan((int)(row * width + start), tokens), packed);
                spans.Add(new(row, start, tokens));
                start += tokens;
            }
        }
        var layout = packed || planned.PaddingTokens > 0 ? new SequenceLayout(rows, width, spans) : null;
        return new(tensor(ids, rows, width, device: device), tensor(labels, rows, width, device: device), layout, planned.PaddingTokens);
    }

    private static void Copy(TokenizedExample example, Span<long> ids, Span<long> labels, bool packed)
    {
        for (var i = 0; i < ids.Length; i++)
        {
            ids[i] = example.Ids[i];
            if (example.IsLearned(i) && (i > 0 || !packed))
                labels[i] = example.Ids[i];
        }
    }
}
