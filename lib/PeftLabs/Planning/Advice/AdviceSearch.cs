using PeftLabs.Models;

namespace PeftLabs.Planning.Advice;

/// <summary>Finds the cheapest set that fits, among all of <see cref="TechniqueSpace"/>.</summary>
public sealed class AdviceSearch
{
    /// <summary>Sets whose predicted seconds differ by less than this share are equally fast: predictions are not better than that.</summary>
    public const double Tie = 0.01;

    private const int LowestRank = 4;

    private readonly AdviceRequest _request;
    private readonly SetCosts _costs;

    /// <summary>Searches for one request.</summary>
    public AdviceSearch(AdviceRequest request) => (_request, _costs) = (request, new(request));

    /// <summary>
    /// The best set of a method. Among those that are equally fast it is the one that touches least: a disk, or the numbers of a step. A
    /// lower rank than was asked for is tried only where nothing fits.
    /// </summary>
    public MethodAdvice Best(TuningMethod method)
    {
        foreach (var rank in Ranks(method))
            if (Fastest(method, rank) is { } found)
                return found;
        return Smallest(Lowest(method, Ranks(method)[^1], streaming: method != TuningMethod.Full));
    }

    /// <summary>The set of a method with about the lowest peak, its blocks computed again, where that fits.</summary>
    internal MethodAdvice? TrySmallest(TuningMethod method, bool streaming)
    {
        List<TechniqueSet> sets = [.. Lowest(method, _request.Rank, streaming).Where(s => s.Checkpointing == CheckpointPolicy.Blocks)];
        return sets.Any(s => _costs.Standing(s) <= _request.LimitBytes) && Smallest(sets) is { Fits: true } found ? found : null;
    }

    private IEnumerable<TechniqueSet> Lowest(TuningMethod method, int rank, bool streaming) =>
        TechniqueSpace.Walked(method, rank, _request).Select(s => _costs.Lowest(s) with { Streaming = streaming }).Distinct();

    private MethodAdvice Smallest(IEnumerable<TechniqueSet> sets)
    {
        var (set, peak) = sets.Select(s => (Set: s, Peak: _costs.Peak(s))).MinBy(s => (s.Peak, Techniques.Burden(s.Set)));
        var seconds = _costs.Seconds(set);
        return new(set, peak <= _request.LimitBytes, peak, seconds, seconds, 0);
    }

    private MethodAdvice? Fastest(TuningMethod method, int rank)
    {
        var found = new List<(TechniqueSet Set, long Peak, double Seconds)>();
        foreach (var candidate in _costs.Candidates(method, rank, _request.LimitBytes).OrderBy(c => c.Seconds))
        {
            if (found.Count > 0 && candidate.Seconds > found[0].Seconds * (1 + Tie))
                break;
            if (_costs.MayFit(candidate, _request.LimitBytes) && _costs.Peak(candidate) is var peak && peak <= _request.LimitBytes)
                found.Add((candidate.Set, peak, candidate.Seconds));
        }
        if (found.Count == 0)
            return null;
        var best = found.MinBy(s => (Techniques.Burden(s.Set), s.Seconds, s.Peak));
        return new(best.Set, true, best.Peak, best.Seconds, found[0].Seconds, found.Count - 1);
    }

    private List<int> Ranks(TuningMethod method)
    {
        List<int> ranks = [_request.Rank];
        while (method != TuningMethod.Full && ranks[^1] / 2 >= LowestRank)
            ranks.Add(ranks[^1] / 2);
        return ranks;
    }
}
