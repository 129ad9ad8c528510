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
        return new(Largest(rows, MostRows, r => Peak(set, r, request.Tokens)), Largest(request.Tokens, end, t => Peak(set, rows, t)), end,
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

    private long Peak(TechniqueSet set, long rows, long tokens) => set.Plan(request.Config, rows, tokens).Predict().Max(s => s.PeakBytes);

    // The largest number up to an end whose peak is within the limit, where a smaller one's is, and peaks grow with the number. They grow
    // nearly in a straight line, so the search begins where the line through two peaks meets the limit, and goes from there in growing steps.
    private long Largest(long fits, long end, Func<long, long> peak)
    {
        if (fits >= end)
            return end;
        var (first, second) = (peak(fits), peak(Math.Min(2 * fits, end)));
        var slope = Math.Max(1, (double)(second - first) / (Math.Min(2 * fits, end) - fits));
        var guess = (long)Math.Min(end, fits + (request.LimitBytes - first) / slope);
        var (low, high) = Fits(guess) ? (guess, end + 1) : (fits, guess);
        var step = 1L;
        for (var up = low == guess; high - low > 1; step *= 2)
        {
            // Steps in one direction until one goes too far; then halves of what is left.
            var next = step > (high - low) / 2 ? low + (high - low) / 2 : up ? low + step : high - step;
            if (Fits(next))
                (low, step) = (next, up ? step : high - low);
            else
                (high, step) = (next, up ? high - low : step);
        }
        return low;

        bool Fits(long number) => peak(number) <= request.LimitBytes;
    }
}
