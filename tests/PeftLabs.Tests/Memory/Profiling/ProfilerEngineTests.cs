using PeftLabs.Memory;
using PeftLabs.Memory.Profiling;

namespace PeftLabs.Tests.Memory.Profiling;

/// <summary>What is counted where libtorch's engine runs backward and calls functions.</summary>
[Collection("Memory")]
public sealed class ProfilerEngineTests : IDisposable
{
    private readonly Profiler _profiler = Profiler.Start();

    public void Dispose() => _profiler.Dispose();

    private ScopeCost Find(string path) => Assert.Single(_profiler.Report().Scopes, s => s.Path == path);

    private IEnumerable<string> Paths => _profiler.Report().Scopes.Select(s => s.Path);

    [Fact]
    public void Waiting_in_the_engine_for_another_thread_is_not_counted_twice()
    {
        using (_profiler.Stage(MemoryStage.Backward))
        using (ProfileScope.Autograd())
        {
            var thread = new Thread(() =>
            {
                using (ProfileScope.Called(ScopePath.Of("function")))
                    Thread.Sleep(20);
                using (ProfileScope.Part("of the engine"))
                {
                }
                // Until it is called again it is idle.
                Thread.Sleep(10);
            });
            thread.Start();
            thread.Join();
        }
        var profile = _profiler.Report();
        var stage = Assert.Single(profile.Stages, s => s.Stage == MemoryStage.Backward);
        var function = Find("Backward › function").OwnSeconds;
        Assert.InRange(function, 0.02, stage.Seconds);
        Assert.True(Find("Backward › autograd").OwnSeconds <= stage.Seconds - function);
        Assert.Equal(0, Find("Backward › function › autograd").OwnSeconds);
        Assert.Contains("Backward › function › autograd › of the engine", Paths);
    }

    [Fact]
    public void What_the_engine_does_behind_a_function_is_the_functions()
    {
        using (_profiler.Stage(MemoryStage.Backward))
        {
            using (ProfileScope.Autograd())
            {
                using (ProfileScope.Called(ScopePath.Numbered("block", 1).Operator("norm")))
                {
                }
                using (ProfileScope.Part("of the engine"))
                {
                }
                using (ProfileScope.Called(ScopePath.Numbered("block", 0).Operator("norm"), ScopePath.Of("embedding")))
                {
                }
                using (ProfileScope.Part("of the engine"))
                {
                }
            }
            using (ProfileScope.Operator("afterwards"))
            {
            }
        }
        Assert.Contains("Backward › block › norm › autograd › of the engine", Paths);
        Assert.Contains("Backward › embedding › autograd › of the engine", Paths);
        Assert.Contains("Backward › afterwards", Paths);
        Assert.Equal("autograd", Find("Backward › embedding › autograd").Operator);
    }

    [Fact]
    public void Function_that_no_engine_called_gives_back_what_was_open()
    {
        using (ProfileScope.Operator("outer"))
        {
            using (ProfileScope.Called(ScopePath.Of("function")))
            {
            }
            using (ProfileScope.Part("behind"))
            {
            }
        }
        Assert.Contains("Load › outer › behind", Paths);
    }
}
