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
        return Smallest(method, Ranks(method)[^1], method != TuningMethod.Full);
    }

    /// <summary>The set of a method with the lowest peak, where that fits.</summary>
    public MethodAdvice? TrySmallest(TuningMethod method, bool streaming) =>
        TechniqueSpace.Walked(method, _request.Rank, 1).Any(s => _costs.AtLeast(s with { Streaming = streaming }) <= _request.BudgetBytes)
            && Smallest(method, _request.Rank, streaming) is { Fits: true } found ? found : null;

    private MethodAdvice Smallest(TuningMethod method, int rank, bool streaming)
    {
        var (set, peak) = TechniqueSpace.Walked(method, rank, _request.Batch).Select(s => s with { Streaming = streaming })
            .Select(s => (Set: s, Peak: _costs.Peak(s))).MinBy(s => (s.Peak, Techniques.Burden(s.Set)));
        var seconds = _costs.Seconds(set);
        return new(set, peak <= _request.BudgetBytes, peak, seconds, seconds, 0);
    }

    private MethodAdvice? Fastest(TuningMethod method, int rank)
    {
        var found = new List<(TechniqueSet Set, long Peak, double Seconds)>();
        foreach (var (set, seconds) in TechniqueSpace.Of(method, rank, _request.Batch).Where(s => _costs.AtLeast(s) <= _request.BudgetBytes)
            .Select(s => (Set: s, Seconds: _costs.Seconds(s))).OrderBy(s => s.Seconds))
        {
            if (found.Count > 0 && seconds > found[0].Seconds * (1 + Tie))
                break;
            if (_costs.Peak(set) is var peak && peak <= _request.BudgetBytes)
                found.Add((set, peak, seconds));
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
