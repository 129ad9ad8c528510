namespace PeftLabs.Planning.Advice;

/// <summary>All that advice says.</summary>
/// <param name="Request">What was asked for.</param>
/// <param name="Methods">The best set of each method.</param>
/// <param name="Chosen">The one advised; where it does not fit, nothing does, and it is the smallest.</param>
/// <param name="Ladder">The way from plain training to it.</param>
/// <param name="Limits">How far the budget reaches; null where nothing fits.</param>
public sealed record AdviceReport(AdviceRequest Request, IReadOnlyList<MethodAdvice> Methods, MethodAdvice Chosen,
    IReadOnlyList<AdviceRung> Ladder, AdviceLimits? Limits)
{
    /// <summary>Gives advice: with the method asked for, or else with the fastest of the adapters'.</summary>
    /// <param name="request">What is asked for.</param>
    /// <param name="fromPlain">Whether the ladder begins without the techniques that cost nothing.</param>
    /// <exception cref="ArgumentException">The method asked for cannot train the model: its checkpoint is stored in 4 bits.</exception>
    public static AdviceReport For(AdviceRequest request, bool fromPlain = false)
    {
        var search = new AdviceSearch(request);
        MethodAdvice[] methods = [.. Possible(request).Select(search.Best)];
        var chosen = Choose([.. methods.Where(m => request.Method is { } one ? m.Set.Method == one : m.Set.Method != TuningMethod.Full)]);
        return new(request, methods, chosen, AdviceLadder.To(chosen.Set, request, fromPlain),
            chosen.Fits ? new LimitSearch(request).With(chosen.Set) : null);
    }

    /// <summary>What was predicted for the set that is advised.</summary>
    public AdviceRung Result => Ladder[^1];

    // A checkpoint in 4 bits keeps its codes.
    private static IEnumerable<TuningMethod> Possible(AdviceRequest request)
    {
        if (!request.Config.IsBitsAndBytes4Bit)
            return Enum.GetValues<TuningMethod>();
        return request.Method is null or TuningMethod.QLora ? [TuningMethod.QLora] : throw new ArgumentException(
            $"The method is {TuningMethods.Name(request.Method.Value)}, and the checkpoint is stored in 4 bits: it must be qlora.");
    }

    private static MethodAdvice Choose(IReadOnlyList<MethodAdvice> methods)
    {
        var fitting = methods.Where(m => m.Fits).ToList();
        if (fitting.Count == 0)
            return methods.MinBy(m => m.PeakBytes)!;
        // A lower rank is not the same training: it is advised only where no method fits with a higher one.
        var fullest = fitting.Where(m => m.Set.Rank == fitting.Max(f => f.Set.Rank)).ToList();
        var fastest = fullest.Min(m => m.FastestSeconds);
        return fullest.Where(m => m.Seconds <= fastest * (1 + AdviceSearch.Tie)).MinBy(m => (Techniques.Burden(m.Set), m.Seconds))!;
    }
}
