using PeftLabs.Memory;
using PeftLabs.Planning;

namespace PeftLabs.Tests.Planning;

public class StageComparisonTests
{
    private static readonly MemoryTerm s_weights = new("weights", "4·V·h", MemoryCategory.Weights, 600),
        s_logits = new("logits", "4·n·V", MemoryCategory.Workspace, 300), s_tile = new("tile", "4·t·h", MemoryCategory.Workspace, 100);

    private static StageComparison Compare(long weights, long workspace, params IReadOnlyList<PeakAllocation> found) => new(
        new(MemoryStage.Forward, [s_weights], [s_weights, s_tile, s_logits]),
        new(MemoryStage.Forward, weights, weights + workspace, new Dictionary<MemoryCategory, long>(),
            new Dictionary<MemoryCategory, long> { [MemoryCategory.Weights] = weights, [MemoryCategory.Workspace] = workspace })
        { PeakAllocations = found });

    [Fact]
    public void The_category_that_is_furthest_off_is_named_with_its_terms_the_largest_first()
    {
        var compared = Compare(weights: 590, workspace: 500, new PeakAllocation("Forward › head", "x", MemoryCategory.Workspace, 1, 500));

        Assert.Equal(-90.0 / 1090, compared.Off, 1e-12);
        Assert.Equal(MemoryCategory.Workspace, compared.WorstCategory);
        Assert.Equal([s_logits, s_tile], compared.Suspects);
        Assert.Equal(10, compared.EndDifference);
        Assert.Equal("Workspace -100: predicted logits 300 = 4·n·V; tile 100 = 4·t·h; measured Forward › head 500", compared.Explanation);
    }

    [Fact]
    public void What_is_right_names_nothing()
    {
        var compared = Compare(weights: 600, workspace: 400);

        Assert.Equal(0, compared.Off);
        Assert.Empty(compared.Suspects);
        Assert.EndsWith("every category is right", compared.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Only_stages_that_were_predicted_and_measured_are_compared()
    {
        var one = Compare(600, 400);

        Assert.Equal(MemoryStage.Forward, Assert.Single(StageComparison.Of([one.Predicted], [one.Measured, one.Measured with { Stage = MemoryStage.Load }])).Predicted.Stage);
    }
}
