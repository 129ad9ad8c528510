using PeftLabs.Planning;

namespace PeftLabs.Tests.Planning;

/// <summary>Combinations of whatever a prediction depends on: each stage as predicted beside what the meter counts.</summary>
[Collection("Memory")]
public class PlanGridTests(TinyCheckpoints checkpoints) : IClassFixture<TinyCheckpoints>
{
    private const int Combinations = 230, Seed = 1;
    private const double Tolerance = 0.015;

    [Fact]
    [Trait("Speed", "Slow")]
    public void Every_stage_is_predicted_to_a_hundredth_and_a_half_at_its_peak_and_to_the_byte_at_its_end()
    {
        var compared = PlanCase.Take(Combinations, Seed).SelectMany(c => Compare(c).Select(stage => (Stage: stage, Case: c)))
            .OrderByDescending(c => Math.Abs(c.Stage.Off)).ToList();

        var worst = "The worst ten:\n" + string.Join('\n', compared.Take(10).Select(c => $"{c.Stage} [{c.Case}]"));
        TestContext.Current.TestOutputHelper?.WriteLine(worst);
        Assert.Equal(4 * Combinations, compared.Count);
        Assert.True(Math.Abs(compared[0].Stage.Off) <= Tolerance, worst);
        Assert.All(compared, c => Assert.True(c.Stage.EndDifference == 0, $"The end is off by {c.Stage.EndDifference}: {c.Stage} [{c.Case}]"));
        Assert.All(compared, c => Assert.True(
            Math.Abs(c.Stage.Difference(c.Stage.WorstCategory)) <= Tolerance * c.Stage.Measured.PeakBytes, $"A category is off: {c.Stage} [{c.Case}]"));
    }

    [Fact]
    public void Every_two_values_that_may_meet_do()
    {
        var cases = PlanCase.Pairwise(Seed);

        Assert.Equal(Combinations, cases.Take(Combinations).Count);
        Assert.Equal(0, cases.Missing);
    }

    private IReadOnlyList<StageComparison> Compare(PlanCase combination)
    {
        var folder = combination["checkpoint"] == "random" ? null : checkpoints.Folder(combination["model"], combination["checkpoint"]);
        var plan = combination.Plan(folder);
        var predicted = plan.Predict();
        return StageComparison.Of(predicted, PlanMeasurement.Measure(plan, folder).Stages);
    }
}
