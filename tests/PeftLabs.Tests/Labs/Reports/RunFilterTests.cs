using System.Globalization;
using System.Text.Json.Nodes;
using PeftLabs.Labs.Reports;

namespace PeftLabs.Tests.Labs.Reports;

public sealed class RunFilterTests : IDisposable
{
    private static readonly DateTimeOffset Now = new(2026, 3, 8, 12, 0, 0, TimeSpan.Zero);

    private readonly StoredRuns _runs = new();

    public void Dispose() => _runs.Dispose();

    [Theory]
    [InlineData("lora", null, null, true)]
    [InlineData("LoRA r=?", null, null, true)]
    [InlineData("r=?", null, null, false)]
    [InlineData("*r=8", null, null, true)]
    [InlineData("LoRA [a-z]*", null, null, false)]
    [InlineData(null, "smollm2", null, true)]
    [InlineData(null, "llama", null, false)]
    [InlineData(null, null, "LORA", true)]
    [InlineData(null, null, "lor", false)]
    [InlineData(null, null, "*lora", true)]
    [InlineData("lora", "smollm2-*", "full", false)]
    public void Patterns_choose_runs(string? name, string? model, string? method, bool accepted) =>
        Assert.Equal(accepted, new RunFilter { Name = name, Model = model, Method = method }.Accepts(_runs.Add(StoredRuns.Record(), 3)));

    [Fact]
    public void A_run_whose_model_is_not_known_is_not_of_a_model() =>
        Assert.False(new RunFilter { Model = "*" }.Accepts(_runs.Add(StoredRuns.Record() with { Options = new JsonObject() }, 3)));

    [Theory]
    [InlineData("2026-03-01", "2026-03-01T00:00:00Z")]
    [InlineData("2026-03-01T14:15", "2026-03-01T14:15:00Z")]
    [InlineData("2026-03-01T14:15+02:00", "2026-03-01T12:15:00Z")]
    [InlineData("7d", "2026-03-01T12:00:00Z")]
    [InlineData("36h", "2026-03-07T00:00:00Z")]
    public void Times_are_dates_and_ages(string text, string time) =>
        Assert.Equal(DateTimeOffset.Parse(time, CultureInfo.InvariantCulture), RunFilter.ParseSince(text, Now));

    [Theory]
    [InlineData("yesterday")]
    [InlineData("7")]
    [InlineData("7w")]
    [InlineData("2026-13-01")]
    public void Other_times_are_refused(string text) =>
        Assert.Contains($"'{text}' is no date", Assert.Throws<FormatException>(() => RunFilter.ParseSince(text, Now)).Message);

    [Fact]
    public void A_run_that_began_at_the_time_is_in_and_one_before_is_not()
    {
        var run = _runs.Add(StoredRuns.Record(), 3);
        Assert.True(new RunFilter { Since = run.Record.Started }.Accepts(run));
        Assert.False(new RunFilter { Since = run.Record.Started.AddSeconds(1) }.Accepts(run));
    }
}
