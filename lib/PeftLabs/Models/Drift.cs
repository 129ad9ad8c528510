using System.Runtime.InteropServices;
using static TorchSharp.torch;

namespace PeftLabs.Models;

/// <summary>
/// How far models drift from a reference on a text: the Kullback-Leibler divergence KL(p‖q) of the next token's distribution, p the
/// reference's and q the other's, in nats a token. The reference's logits wait in a temporary file, so that it need not be in memory
/// beside the other model, and logits never are but a few rows at a time.
/// </summary>
public sealed class Drift : IDisposable
{
    private readonly IReadOnlyList<int> _ids;
    private readonly int _window;
    private readonly int _vocabulary;
    private readonly FileStream _file;

    private Drift(IReadOnlyList<int> ids, int window, int vocabulary)
    {
        (_ids, _window, _vocabulary) = (ids, window, vocabulary);
        var path = Path.Combine(Path.GetTempPath(), $"peftlabs-{Path.GetRandomFileName()}.logits");
        _file = new(path, FileMode.CreateNew, FileAccess.ReadWrite, FileShare.None, bufferSize: 0, FileOptions.DeleteOnClose);
    }

    /// <summary>Keeps the logits of a reference model, with the adapter that it wears, on token ids.</summary>
    /// <param name="reference">The reference.</param>
    /// <param name="ids">The text; every token but the first is predicted.</param>
    /// <param name="window">Tokens that the model sees at once, at most.</param>
    /// <param name="cancellation">Ends it between windows.</param>
    /// <exception cref="ArgumentException">There are fewer than two tokens or they are not the model's, or the window is too short.</exception>
    /// <exception cref="IOException">The temporary folder has no room for the logits: 4 bytes times vocabulary times tokens.</exception>
    public static Drift From(CausalLM reference, IReadOnlyList<int> ids, int window = 512, CancellationToken cancellation = default)
    {
        var drift = new Drift([.. ids], window, reference.Config.VocabularySize);
        try
        {
            LogitRows.Visit(reference, drift._ids, window, drift.Keep, cancellation);
            return drift;
        }
        catch
        {
            drift.Dispose();
            throw;
        }
    }

    /// <summary>The mean KL divergence of a model from a reference, both in memory.</summary>
    /// <exception cref="ArgumentException">There are fewer than two tokens or they are not the models', or the window is too short.</exception>
    public static double MeanKl(CausalLM reference, CausalLM model, IReadOnlyList<int> ids, int window = 512)
    {
        using var drift = From(reference, ids, window);
        return drift.To(model).MeanKl;
    }

    /// <summary>How far a model is from the reference.</summary>
    /// <exception cref="ArgumentException">The model has another vocabulary.</exception>
    public DriftResult To(CausalLM model, CancellationToken cancellation = default)
    {
        if (model.Config.VocabularySize != _vocabulary)
            throw new ArgumentException($"The model has {model.Config.VocabularySize} tokens, the reference {_vocabulary}; they must be as many.",
                nameof(model));
        var (sum, most, count) = (0.0, 0.0, 0);
        LogitRows.Visit(model, _ids, _window, (rows, position) =>
        {
            var divergences = Divergences(Kept(position, rows.shape[0]), rows);
            (sum, most) = (sum + divergences.sum().item<double>(), Math.Max(most, divergences.max().item<double>()));
            count += (int)rows.shape[0];
        }, cancellation);
        return new(sum / count, most, count);
    }

    /// <summary>Removes the temporary file.</summary>
    public void Dispose() => _file.Dispose();

    // Σ p·(log p − log q), in float64: the difference of two nearly equal logarithms is what is asked for.
    private static Tensor Divergences(Tensor reference, Tensor logits)
    {
        var p = reference.to(ScalarType.Float64).log_softmax(1);
        var q = logits.to(ScalarType.Float64, CPU).log_softmax(1);
        return p.exp().mul_(p.sub(q)).sum(dim: 1).clamp_min(0);
    }

    private void Keep(Tensor rows, int position) =>
        RandomAccess.Write(_file.SafeFileHandle, rows.to(ScalarType.Float32, CPU).contiguous().bytes, (long)position * _vocabulary * sizeof(float));

    private Tensor Kept(int position, long rows)
    {
        var values = new float[rows * _vocabulary];
        var bytes = MemoryMarshal.AsBytes(values.AsSpan());
        var place = (long)position * _vocabulary * sizeof(float);
        for (int read; bytes.Length > 0; bytes = bytes[read..], place += read)
            if ((read = RandomAccess.Read(_file.SafeFileHandle, bytes, place)) == 0)
                throw new EndOfStreamException($"{_file.Name} ends at byte {place}; the reference's logits were cut short.");
        return tensor(values, rows, _vocabulary);
    }
}
