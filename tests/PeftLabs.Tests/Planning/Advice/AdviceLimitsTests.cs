using PeftLabs.Models;
using PeftLabs.Planning.Advice;

namespace PeftLabs.Tests.Planning.Advice;

public class AdviceLimitsTests
{
    [Theory]
    [InlineData(4)]
    [InlineData(9)]
    public void No_more_sequences_and_no_more_tokens_fit_than_are_told(int mebibytes)
    {
        var request = TinyAdvice.Request((long)mebibytes << 20);
        var report = AdviceReport.For(request);
        var (set, limits) = (report.Chosen.Set, report.Limits!);
        var rows = request.Batch / set.Accumulate;
        Assert.True(Peak(limits.Rows, request.Tokens) <= request.LimitBytes);
        Assert.True(Peak(rows, limits.Tokens) <= request.LimitBytes);
        foreach (var more in new[] { 1, 2, 3, 7, 20, 100 })
        {
            Assert.True(Peak(limits.Rows + more, request.Tokens) > request.LimitBytes);
            Assert.True(limits.Tokens + more > limits.TokensEnd || Peak(rows, limits.Tokens + more) > request.LimitBytes);
        }

        long Peak(long rows, long tokens) => set.Plan(request.Config, rows, tokens).Predict().Max(s => s.PeakBytes);
    }

    [Fact]
    public void The_largest_model_fits_and_a_larger_one_is_streamed()
    {
        var request = new AdviceRequest(ModelCatalogue.Find("smollm2-135m").Config, 2L << 30, TinyAdvice.Speed) { Batch = 1, Tokens = 256 };
        var limits = AdviceReport.For(request).Limits!;
        foreach (var fit in new[] { limits.Model!, limits.StreamedModel! })
        {
            Assert.Equal(fit.PeakBytes, TinyAdvice.Peak(fit.Set, request with { Config = fit.Model.Config }));
            Assert.InRange(fit.PeakBytes, 1, request.LimitBytes);
        }
        Assert.False(limits.Model!.Set.Streaming);
        Assert.True(limits.StreamedModel!.Set.Streaming);
        Assert.True(limits.StreamedModel.Model.Parameters > limits.Model.Model.Parameters);
    }
}
