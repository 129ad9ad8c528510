using PeftLabs.Memory;
using static TorchSharp.torch;

namespace PeftLabs.Models;

/// <summary>
/// A model's logits over a text, some rows at a time: windows go through the blocks one by one, and the head runs on a few tokens, so
/// that neither the text's activations nor its logits are ever whole in memory.
/// </summary>
internal static class LogitRows
{
    private const long ChunkValues = 2 << 20;

    /// <summary>
    /// Calls <paramref name="use"/> with logits <c>[rows, vocabulary]</c> and the position in <paramref name="ids"/> of the token that
    /// the first row has seen last. Every token but the last has one row; windows overlap by a token, which the second one only reads.
    /// </summary>
    /// <exception cref="ArgumentException">There are fewer than two tokens, they are not the model's, or the window is too short.</exception>
    public static void Visit(
        CausalLM model, IReadOnlyList<int> ids, int window, Action<Tensor, int> use, CancellationToken cancellation = default)
    {
        Check(model, ids, window);
        using var _ = no_grad();
        using var category = MemoryMeter.Category(MemoryCategory.Workspace);
        var training = model.training;
        model.eval();
        try
        {
            for (var first = 0; first < ids.Count - 1; first += window - 1)
            {
                cancellation.ThrowIfCancellationRequested();
                VisitWindow(model, [.. ids.Skip(first).Take(window).Select(id => (long)id)], (rows, row) => use(rows, first + row));
            }
        }
        finally
        {
            model.train(training);
        }
    }

    private static void VisitWindow(CausalLM model, long[] ids, Action<Tensor, int> use)
    {
        using var scope = NewDisposeScope();
        var hidden = model.Hidden(tensor(ids, 1, ids.Length, device: model.Device)).squeeze(0);
        var most = Math.Max(1, ChunkValues / model.Config.VocabularySize);
        for (var row = 0L; row < ids.Length - 1; row += most)
        {
            using var inner = NewDisposeScope();
            use(model.Logits(hidden.narrow(0, row, Math.Min(most, ids.Length - 1 - row))), (int)row);
        }
    }

    private static void Check(CausalLM model, IReadOnlyList<int> ids, int window)
    {
        if (window < 2)
            throw new ArgumentOutOfRangeException(nameof(window), window, "A window has at least 2 tokens: one is predicted from another.");
        if (ids.Count < 2)
            throw new ArgumentException(
                $"The text has {ids.Count} tokens; at least 2 are needed: one is predicted from another.", nameof(ids));
        foreach (var (place, id) in ids.Index())
            if (id < 0 || id >= model.Config.VocabularySize)
                throw new ArgumentException(
                    $"Token {place} of the text is {id}; the model has tokens 0 to {model.Config.VocabularySize - 1}.", nameof(ids));
    }
}
