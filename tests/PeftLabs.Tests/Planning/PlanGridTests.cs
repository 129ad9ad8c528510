using PeftLabs.Memory;
using PeftLabs.Planning;

namespace PeftLabs.Tests.Planning;

/// <summary>Combinations of whatever a prediction depends on: each stage's peak as predicted beside what the meter counts.</summary>
[Collection("Memory")]
public class PlanGridTests(TinyCheckpoints checkpoints) : IClassFixture<TinyCheckpoints>
{
    private const int Combinations = 220;
    private const double Tolerance = 0.015;

    [Fact]
    [Trait("Speed", "Slow")]
    public void Peaks_of_every_stage_are_predicted_within_a_hundredth_and_a_half()
    {
        var compared = Cases().SelectMany(Compare).OrderByDescending(c => Math.Abs(c.Off)).ToList();

        File.WriteAllLines("/tmp/grid.txt", compared.OrderByDescending(c => Math.Max(Math.Abs(c.Off), Math.Max(Math.Abs(c.EndOff), Math.Abs(c.CategoryOff) / 10))).Select(c => c.EndOff + " " + c.ToString()));
        var worst = "The worst ten:\n" + string.Join('\n', compared.Take(10));
        TestContext.Current.TestOutputHelper?.WriteLine(worst);
        Assert.Equal(4 * Combinations, compared.Count);
        Assert.True(Math.Abs(compared[0].Off) <= Tolerance, worst);
    }

    [Fact]
    public void Every_two_values_that_may_stand_together_do()
    {
        var cases = new PairwiseCases(PlanCase.Dimensions, PlanCase.MayMeet, seed: 1);

        Assert.Equal(Combinations, cases.Take(Combinations).Count);
        Assert.Equal(0, cases.Missing);
    }

    private static IEnumerable<PlanCase> Cases() =>
        new PairwiseCases(PlanCase.Dimensions, PlanCase.MayMeet, seed: 1).Take(Combinations).Select(values => new PlanCase(values));

    private IEnumerable<PlanComparison> Compare(PlanCase combination)
    {
        var folder = combination["checkpoint"] == "random" ? null : checkpoints.Folder(combination["model"], combination["checkpoint"]);
        var plan = combination.Plan(folder);
        var predicted = plan.Predict();
        var measured = PlanMeasurement.Measure(plan, folder);
        return predicted.Select(p => new PlanComparison(p, measured.Find(p.Stage)!, combination.ToString()));
    }
}
