using PeftLabs.Labs;
using PeftLabs.Memory;
using PeftLabs.Memory.Profiling;
using PeftLabs.Plotting;

namespace PeftLabs.Tests.Labs;

public class ProfileChartsTests
{
    private const long Mib = 1 << 20;

    private static ScopeCost Scope(MemoryStage? stage, string path, string op, string part, double seconds, double own, long peak = 0) =>
        new(stage, path, op, part, "File.Member, File.cs:7", 20, seconds, own, 2 * Mib, peak);

    /// <summary>Two steps of two blocks.</summary>
    private static RunProfile Profile(string name = "q_proj") => new()
    {
        Seconds = 7,
        Steps = 2,
        Stages = [new(MemoryStage.Load, 1, 10 * Mib, 0), new(MemoryStage.Forward, 4, 30 * Mib, 12 * Mib), new(null, 2, 0, 0)],
        Scopes =
        [
            Scope(MemoryStage.Load, "Load", ScopeCost.Other, "", 1, 1, 10 * Mib),
            Scope(MemoryStage.Forward, "Forward", ScopeCost.Other, "", 4, 0.02),
            Scope(MemoryStage.Forward, "Forward › block", ScopeCost.Other, "", 3.98, 0),
            Scope(MemoryStage.Forward, $"Forward › block › {name}", name, "", 3.98, 1, 8 * Mib),
            Scope(MemoryStage.Forward, $"Forward › block › {name} › decode", name, "decode", 2.98, 2.98, 10 * Mib),
            Scope(null, "between stages", ScopeCost.Other, "", 2, 2),
        ],
        Blocks = [new(MemoryStage.Forward, "block", 0, 2, Mib, Mib), new(MemoryStage.Forward, "block", 1, 1.98, Mib, Mib)],
        Entries = 1000,
        SecondsPerEntry = 5e-8,
    };

    private static MemoryReport Memory(string name = "q_proj") => new(
        [], 30 * Mib, MemoryStage.Forward, 10 * Mib, 0, 0, [new(0, 0, MemoryStage.Load), new(1, 30 * Mib, MemoryStage.Forward)])
    {
        PeakAllocations =
        [
            new($"Forward › block › {name}", "A.b, A.cs:1", MemoryCategory.Activations, 2, 18 * Mib) { IndexedScope = "block", FirstIndex = 0, LastIndex = 1 },
            new($"Load › {name}", "C.d, C.cs:2", MemoryCategory.Weights, 1, 9 * Mib),
            new($"Load › {name}", "C.d, C.cs:2", MemoryCategory.Adapters, 4, 2 * Mib),
            new(PeakAllocation.Smaller, "", MemoryCategory.Workspace, 7, Mib),
        ],
    };

    private static double Level(Figure figure, int level)
    {
        var bars = (BarTrace)figure.Traces[0];
        return Enumerable.Range(0, bars.Y.Count).Where(i => (double)bars.Y[i] == level).Sum(i => (double)bars.X[i]);
    }

    [Fact]
    public void Time_is_that_of_a_step_without_loading()
    {
        var figure = ProfileCharts.Time(Profile());
        Assert.Equal([3.0, 3, 1.99, 1.99, 1.49], Enumerable.Range(0, 5).Select(level => Level(figure, level)), (a, b) => Math.Abs(a - b) < 1e-9);
        var bars = (BarTrace)figure.Traces[0];
        Assert.Contains("block × 2", bars.Text!);
        Assert.Contains(bars.CustomData!, text => text.Contains("File.cs:7", StringComparison.Ordinal) && text.Contains("1.490 s", StringComparison.Ordinal));
    }

    [Fact]
    public void Memory_at_the_peak_sums_to_it_and_is_coloured_by_category()
    {
        var figure = ProfileCharts.PeakMemory(Memory());
        Assert.Equal((30.0, 30.0), (Level(figure, 0), Level(figure, 1)));
        var bars = (BarTrace)figure.Traces[0];
        // What one scope made for two things stands below it twice.
        Assert.Equal(11, Level(figure, 3) - 18);
        foreach (var category in new[] { "Weights", "Adapters", "Activations" })
            Assert.Contains(Palette.OfCategory(category), bars.Colors!);
        Assert.Contains("block 0–1", bars.Text!);
        // What is summed up is of any scope: it has no category's colour.
        Assert.Equal(["weights", "adapters", "activations"], figure.Traces.Skip(1).Select(t => t.Name));
    }

    [Fact]
    public void Timeline_lists_the_largest_allocations_with_their_code()
    {
        var figure = ProfileCharts.PeakTimeline(Memory(), largest: 2);
        Assert.Equal(2, figure.Layout.Annotations.Count);
        Assert.Contains("18.0 MiB</b> = 2 × 9.00 MiB", figure.Layout.Annotations[0].Text, StringComparison.Ordinal);
        Assert.Contains("Forward › block 0–1 › q_proj", figure.Layout.Annotations[0].Text, StringComparison.Ordinal);
        Assert.Contains("A.b, A.cs:1", figure.Layout.Annotations[0].Text, StringComparison.Ordinal);
        Assert.Contains("11 more allocations", figure.ToText(), StringComparison.Ordinal);
    }

    [Fact]
    public void Names_are_text_wherever_they_stand()
    {
        const string Hostile = "<img src=x>";
        foreach (var figure in new[] { ProfileCharts.Time(Profile(Hostile)), ProfileCharts.PeakMemory(Memory(Hostile)), ProfileCharts.PeakTimeline(Memory(Hostile)) })
        {
            Assert.DoesNotContain(Hostile, figure.ToJson(), StringComparison.Ordinal);
            Assert.Contains("&lt;img src=x&gt;", figure.ToJson(), StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Tables_tell_operators_parts_and_what_other_stages_had_made()
    {
        var operators = ProfileTables.Operators(Profile());
        Assert.Matches(@"Forward +30 +2,000\.0 +66\.7% +4\.00 MiB +30\.0 MiB", operators);
        Assert.Matches(@"  q_proj +10 +1,990\.0 +66\.3% +2\.00 MiB +18\.0 MiB", operators);
        Assert.Matches(@"made by other stages +12\.0 MiB", operators);
        Assert.Matches(@"between stages +10 +1,000\.0 +33\.3%", operators);
        Assert.Matches(@"decode +Forward +10 +1,490\.0 +49\.7%", ProfileTables.Parts(Profile()));
        Assert.Contains("66.3% of the time is an operator's", ProfileTables.Cost(Profile()), StringComparison.Ordinal);
    }

    [Fact]
    public void Allocations_left_out_of_the_list_are_summed_up()
    {
        var table = ProfileTables.Allocations(Memory().PeakAllocations, most: 1).Split('\n');
        Assert.Matches(@"^18\.0 MiB +2 × 9\.00 MiB +activations +Forward › block 0–1 › q_proj +A\.b, A\.cs:1$", table[2]);
        Assert.Matches(@"^12\.0 MiB +12 +3 smaller kinds$", table[3]);
        Assert.Matches(@"^30\.0 MiB +14 +all$", table[4]);
    }
}
