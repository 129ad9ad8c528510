using PeftLabs.Models;
using PeftLabs.Planning.Advice;

namespace PeftLabs.Tests.Planning.Advice;

public class SetCostsTests
{
    // So large a vocabulary that the loss has chunks of two sizes.
    private static readonly AdviceRequest _request =
        TinyAdvice.Request(1 << 20, batch: 4) with { Config = TinyAdvice.Config with { VocabularySize = 40000 } };

    public static TheoryData<TuningMethod> Methods => [.. Enum.GetValues<TuningMethod>()];

    [Trait("Speed", "Slow")]
    [Theory, MemberData(nameof(Methods))]
    public void Peaks_put_together_are_those_predicted(TuningMethod method)
    {
        var costs = new SetCosts(_request);
        foreach (var set in Some(method))
            Assert.Equal(TinyAdvice.Peak(set, _request), costs.Peak(set));
    }

    [Trait("Speed", "Slow")]
    [Theory, MemberData(nameof(Methods))]
    public void No_set_that_fits_is_left_out(TuningMethod method)
    {
        var costs = new SetCosts(_request);
        var peaks = TechniqueSpace.Of(method, 4, _request).Select(costs.Peak).Order().ToList();
        foreach (var limit in new[] { peaks[0], peaks[peaks.Count / 10], peaks[peaks.Count / 2] })
        {
            var candidates = costs.Candidates(method, 4, limit).Where(c => costs.MayFit(c, limit)).Select(c => (c.Set, Peak: costs.Peak(c))).ToList();
            Assert.All(candidates, c => Assert.Equal(costs.Peak(c.Set), c.Peak));
            Assert.Equal(peaks.Count(p => p <= limit), candidates.Count(c => c.Peak <= limit));
        }
    }

    [Theory, MemberData(nameof(Methods))]
    public void Seconds_put_together_are_those_predicted(TuningMethod method)
    {
        var costs = new SetCosts(_request);
        foreach (var set in Some(method))
            Assert.Equal(1, costs.Seconds(set) / TinyAdvice.Seconds(set, _request), 1e-9);
    }

    [Theory]
    [InlineData("smollm2-135m")]
    [InlineData("llama-3.1-8b")]
    public void Seconds_of_a_deep_model_follow_from_shallow_ones(string name)
    {
        var request = _request with { Config = ModelCatalogue.Find(name).Config };
        var costs = new SetCosts(request);
        foreach (var set in Some(TuningMethod.Lora).Concat(Some(TuningMethod.QLora)).Where((_, i) => i % 9 == 0))
            Assert.Equal(1, costs.Seconds(set) / TinyAdvice.Seconds(set, request), 1e-9);
    }

    // Every seventeenth set: all values of all options are among them, in changing company.
    private static IEnumerable<TechniqueSet> Some(TuningMethod method) => TechniqueSpace.Of(method, 4, _request).Where((_, i) => i % 17 == 0);
}
