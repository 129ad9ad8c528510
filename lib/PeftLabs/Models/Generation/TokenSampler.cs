using PeftLabs.Quantization.Cpu;

namespace PeftLabs.Models.Generation;

/// <summary>
/// Chooses a token from a row of logits as <see cref="GenerationOptions"/> say. The vocabulary is gone through a few times and never
/// sorted: top-k finds its smallest logit with a heap of k, and top-p sorts only what can belong to it.
/// </summary>
internal sealed unsafe class TokenSampler(GenerationOptions options)
{
    private static readonly CpuKernels s_kernels = CpuKernels.Best;

    private readonly PriorityQueue<float, float> _largest = new();
    private readonly List<Candidate> _candidates = [];

    /// <summary>A token that may be drawn, and its probability as a share of the most likely one's.</summary>
    internal readonly record struct Candidate(int Token, double Weight);

    /// <summary>The token; logits are used up.</summary>
    /// <param name="logits">A logit for each token of the vocabulary.</param>
    /// <param name="seen">The tokens of prompt and text.</param>
    /// <param name="unit">A number drawn evenly from 0 up to, not including, 1.</param>
    /// <exception cref="GenerationException">The largest logit is no number.</exception>
    public int Next(Span<float> logits, SeenTokens seen, double unit)
    {
        if (options.RepetitionPenalty != 1)
            seen.Penalize(logits, options.RepetitionPenalty);
        fixed (float* values = logits)
        {
            if (!options.IsGreedy && options.Temperature != 1)
                s_kernels.Affine(values, logits.Length, (float)(1 / options.Temperature), 0);
            var largest = s_kernels.Max(values, logits.Length);
            if (!float.IsFinite(largest))
                throw new GenerationException($"The model's largest logit is {largest}: its weights, or those of its adapter, are broken.");
            if (options.IsGreedy)
                return logits.IndexOf(largest);
            if (options is not { TopK: 0, TopP: 1, MinP: 0 })
                return Draw(Kept(logits, largest), unit);
            return Draw(logits, unit * s_kernels.SumExp(values, logits.Length, largest, store: true));
        }
    }

    /// <summary>What top-k, top-p and min-p leave of logits that temperature has scaled, the most likely first.</summary>
    internal IReadOnlyList<Candidate> Kept(ReadOnlySpan<float> logits, float largest)
    {
        _candidates.Clear();
        double total;
        if (options.TopK > 0 && options.TopK < logits.Length)
        {
            Collect(logits, largest, Kth(logits));
            total = _candidates.Sum(c => c.Weight);
        }
        else
        {
            total = options.TopP < 1 ? Total(logits, largest) : 0;
            // Of n tokens, one below (1 − p) / (n − 1) has p or more above it: it and all below it together are too little for the rest.
            var unlikely = options.TopP < 1 && logits.Length > 1 ? (1 - options.TopP) * total / (logits.Length - 1) : 0;
            Collect(logits, largest, largest + (float)Math.Log(Math.Min(1, Math.Max(unlikely, options.MinP)) * 0.999));
        }
        _candidates.Sort((a, b) => a.Weight != b.Weight ? b.Weight.CompareTo(a.Weight) : a.Token.CompareTo(b.Token));
        CutToTopP(options.TopP * total);
        _candidates.RemoveAll(c => c.Weight < options.MinP);
        return _candidates;
    }

    // A token stays as long as those above it do not reach p.
    private void CutToTopP(double enough)
    {
        if (options.TopP == 1)
            return;
        var (count, above) = (0, 0.0);
        while (count < _candidates.Count && (count == 0 || above < enough))
            above += _candidates[count++].Weight;
        _candidates.RemoveRange(count, _candidates.Count - count);
    }

    private void Collect(ReadOnlySpan<float> logits, float largest, float least)
    {
        for (var token = 0; token < logits.Length; token++)
            if (logits[token] >= least)
                _candidates.Add(new(token, Math.Exp((double)logits[token] - largest)));
    }

    // The k-th largest logit.
    private float Kth(ReadOnlySpan<float> logits)
    {
        _largest.Clear();
        foreach (var logit in logits)
            if (_largest.Count < options.TopK)
                _largest.Enqueue(logit, logit);
            else if (logit > _largest.Peek())
                _largest.DequeueEnqueue(logit, logit);
        return _largest.Peek();
    }

    private static double Total(ReadOnlySpan<float> logits, float largest)
    {
        fixed (float* values = logits)
            return s_kernels.SumExp(values, logits.Length, largest, store: false);
    }

    private static int Draw(IReadOnlyList<Candidate> candidates, double unit)
    {
        var rest = unit * candidates.Sum(c => c.Weight);
        foreach (var (token, weight) in candidates)
            if ((rest -= weight) < 0)
                return token;
        return candidates[^1].Token;
    }

    // Weights, so many of which are passed over.
    private static int Draw(ReadOnlySpan<float> weights, double rest)
    {
        for (var token = 0; token < weights.Length; token++)
            if ((rest -= weights[token]) < 0)
                return token;
        return weights.LastIndexOfAnyExcept(0f);
    }
}
