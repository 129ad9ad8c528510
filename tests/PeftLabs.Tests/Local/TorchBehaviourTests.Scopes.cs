using TorchSharp;
using static TorchSharp.torch;

namespace PeftLabs.Tests.Local;

public partial class TorchBehaviourTests
{
    [Fact]
    public void Scope_disposes_what_was_made_in_it()
    {
        Tensor inside, moved;
        using (var outer = NewDisposeScope())
        {
            using (var scope = NewDisposeScope())
            {
                inside = zeros(3);
                moved = (inside + 1).MoveToOuterDisposeScope();
                Assert.Equal(1, scope.DisposablesCount);
            }
            Assert.True(inside.IsInvalid);
            Assert.False(moved.IsInvalid);
            Assert.Same(outer, CurrentDisposeScope);
        }
        Assert.True(moved.IsInvalid);
    }

    [Fact]
    public void Statistics_count_what_scopes_do()
    {
        var counts = DisposeScopeManager.Statistics.TensorStatistics;
        counts.Reset();
        using var outside = zeros(1);
        Tensor detached;
        using (var scope = NewDisposeScope())
        {
            var made = zeros(2);
            made.add_(1);
            detached = made[0].DetachFromDisposeScope();
            scope.Attach(outside);
            Expect(counts, outside: 1, inside: 2, attached: 1, detached: 1, disposedIn: 0, disposedOut: 0, live: 3);
        }
        Expect(counts, outside: 1, inside: 2, attached: 1, detached: 1, disposedIn: 2, disposedOut: 0, live: 1);
        detached.Dispose();
        detached.Dispose();
        Expect(counts, outside: 1, inside: 2, attached: 1, detached: 1, disposedIn: 2, disposedOut: 1, live: 0);
    }

    [Fact]
    public void Scope_keeps_what_it_is_told_to_keep()
    {
        using var scope = NewDisposeScope();
        Tensor kept = zeros(1), gone = zeros(1);
        scope.DisposeEverythingBut(kept);
        Assert.True(gone.IsInvalid);
        Assert.False(kept.IsInvalid);
        Assert.True(scope.Contains(kept));
    }

    [Fact]
    public void Step_of_training_leaves_no_tensor_behind()
    {
        using var layer = nn.Linear(3, 2);
        using var optimizer = optim.AdamW(layer.parameters(), 0.1);
        var live = new List<long>();
        for (var step = 0; step < 3; step++)
        {
            using (NewDisposeScope())
            {
                layer.zero_grad();
                layer.call(ones(4, 3)).pow(2).sum().backward();
                optimizer.step();
            }
            live.Add(DisposeScopeManager.Statistics.TensorStatistics.ThreadTotalLiveCount);
        }
        Assert.Equal(live[0], live[2]);
    }

    private static void Expect(LifetimeStatistics counts, long outside, long inside, long attached, long detached, long disposedIn,
        long disposedOut, long live)
    {
        Assert.Equal((outside, inside), (counts.CreatedOutsideScopeCount, counts.CreatedInScopeCount));
        Assert.Equal((attached, detached), (counts.AttachedToScopeCount, counts.DetachedFromScopeCount));
        Assert.Equal((disposedIn, disposedOut), (counts.DisposedInScopeCount, counts.DisposedOutsideScopeCount));
        Assert.Equal(live, counts.ThreadTotalLiveCount);
    }
}
