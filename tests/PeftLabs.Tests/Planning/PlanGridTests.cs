using PeftLabs.Memory;

namespace PeftLabs.Tests.Planning;

[Collection("Memory")]
public class PlanGridTests(TinyCheckpoints checkpoints) : IClassFixture<TinyCheckpoints>
{
    [Fact]
    public void Explore()
    {
        var cases = new PairwiseCases(PlanCase.Dimensions, PlanCase.IsValid).Take(240, 7).Select(v => new PlanCase(v)).ToList();
        var lines = new List<(double Off, string Text)>();
        foreach (var c in cases)
        {
            try
            {
                var predicted = c.Plan().Predict();
                var measured = c.Measure(checkpoints.Folder(c["model"], c["checkpoint"]));
                foreach (var p in predicted)
                {
                    var m = measured.Find(p.Stage)!;
                    var off = (double)(p.PeakBytes - m.PeakBytes) / m.PeakBytes;
                    lines.Add((off, $"{off:+0.000%;-0.000%} {p.Stage} end {p.EndBytes - m.EndBytes} peak {p.PeakBytes} {m.PeakBytes} " + string.Join(" ", m.PeakCategories.Select(x => $"{x.Key}:{p.PeakCategories[x.Key] - x.Value}")) + $" | {c}"));
                }
            }
            catch (Exception e)
            {
                lines.Add((9, $"{c}: {e.Message}"));
            }
        }
        File.WriteAllLines("/tmp/grid.txt", lines.OrderByDescending(l => Math.Abs(l.Off)).Select(l => l.Text));
    }
}
