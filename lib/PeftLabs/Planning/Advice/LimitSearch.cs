using PeftLabs.Models;

namespace PeftLabs.Planning.Advice;

/// <summary>Finds how far a budget reaches.</summary>
internal sealed class LimitSearch(AdviceRequest request)
{
    private const long MostRows = 1 << 20;

    /// <summary>The limits with a set that fits.</summary>
    public AdviceLimits With(TechniqueSet set)
    {
        var end = Math.Max(request.Config.MaxPositions, request.Tokens);
        var rows = request.Batch / set.Accumulate;
        return new(Largest(rows, MostRows, r => Fits(set, r, request.Tokens)), Largest(request.Tokens, end, t => Fits(set, rows, t)), end,
            Model(streaming: false), Model(streaming: true));
    }

    /// <summary>The largest model with the smallest set of the method asked for, or of QLoRA.</summary>
    public CatalogueFit? Model(bool streaming)
    {
        var method = request.Method ?? TuningMethod.QLora;
        foreach (var model in ModelCatalogue.All.Reverse().OrderByDescending(m => m.Parameters))
            if (new AdviceSearch(request with { Config = model.Config }).TrySmallest(method, streaming && method != TuningMethod.Full) is { } found)
                return new(model, found.Set, found.PeakBytes);
        return null;
    }

    private bool Fits(TechniqueSet set, long rows, long tokens) =>
        set.Plan(request.Config, rows, tokens).Predict().Max(s => s.PeakBytes) <= request.BudgetBytes;

    // The largest number up to an end that fits, where a smaller one does, and whatever is below one that fits fits too.
    private static long Largest(long fits, long end, Func<long, bool> test)
    {
        var (low, high) = (fits, end + 1);
        for (var next = fits * 2; next < high; next *= 2)
        {
            if (test(next))
                low = next;
            else
                high = next;
        }
        while (high - low > 1)
        {
            var middle = low + (high - low) / 2;
            (low, high) = test(middle) ? (middle, high) : (low, middle);
        }
        return low;
    }
}
