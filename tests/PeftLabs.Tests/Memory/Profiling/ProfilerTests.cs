using System.Runtime.CompilerServices;
using System.Text.Json;
using PeftLabs.Memory;
using PeftLabs.Memory.Profiling;

namespace PeftLabs.Tests.Memory.Profiling;

[Collection("Memory")]
public sealed class ProfilerTests : IDisposable
{
    private readonly Profiler _profiler = Profiler.Start();

    public void Dispose() => _profiler.Dispose();

    private ScopeCost Find(string path) => Assert.Single(_profiler.Report().Scopes, s => s.Path == path);

    private IEnumerable<string> Paths => _profiler.Report().Scopes.Select(s => s.Path);

    private static string Here([CallerMemberName] string member = "", [CallerLineNumber] int line = 0) =>
        $"ProfilerTests.{member}, ProfilerTests.cs:{line}";

    [Fact]
    public void Scope_is_known_by_stage_path_operator_part_and_code()
    {
        string code;
        using (_profiler.Stage(MemoryStage.Backward))
        using (ProfileScope.Group("block", 12))
        using (ProfileScope.Operator("down_proj"))
        using (ProfileScope.Part("A gradient"))
            code = Here();
        var found = Find("Backward › block › down_proj › A gradient");
        Assert.Equal((MemoryStage.Backward, "down_proj", "A gradient", 1L), (found.Stage, found.Operator, found.Part, found.Calls));
        // The scope is opened a line above.
        Assert.Equal(code[..code.LastIndexOf(':')] + $":{int.Parse(code[(code.LastIndexOf(':') + 1)..]) - 1}", found.Code);
        Assert.Equal(ScopeCost.Other, Find("Backward › block").Operator);
        Assert.Equal(("down_proj", ""), (Find("Backward › block › down_proj").Operator, Find("Backward › block › down_proj").Part));
    }

    [Fact]
    public void Own_seconds_sum_to_the_time_that_passed()
    {
        var start = System.Diagnostics.Stopwatch.GetTimestamp();
        for (var i = 0; i < 3; i++)
            using (_profiler.Stage((MemoryStage)(1 + i)))
            using (ProfileScope.Group("block", i))
            using (ProfileScope.Operator("sleep"))
                Thread.Sleep(5);
        var passed = System.Diagnostics.Stopwatch.GetElapsedTime(start).TotalSeconds;
        var profile = _profiler.Report();
        Assert.Equal(profile.Seconds, profile.Scopes.Sum(s => s.OwnSeconds), 9);
        Assert.Equal(profile.Seconds, profile.Stages.Sum(s => s.Seconds), 9);
        Assert.True(profile.Seconds >= passed, $"{profile.Seconds} of {passed} s");
        Assert.InRange(profile.Scopes.Where(s => s.Operator == "sleep").Sum(s => s.OwnSeconds), 0.015, passed);
        var blocks = profile.Scopes.Where(s => s.Path.EndsWith("› block", StringComparison.Ordinal));
        Assert.Equal(profile.Blocks.Sum(b => b.Seconds), blocks.Sum(s => s.Seconds), 9);
    }

    [Fact]
    public void Scopes_of_different_number_are_one_line_and_keep_their_totals()
    {
        using (_profiler.Stage(MemoryStage.Forward))
            for (var i = 0; i < 7; i++)
                using (ProfileScope.Group("block", i % 4))
                using (ProfileScope.Operator("norm"))
                {
                }
        Assert.Equal(7, Find("Forward › block › norm").Calls);
        Assert.Equal([0, 1, 2, 3], _profiler.Report().Blocks.Where(b => b.Stage == MemoryStage.Forward).Select(b => b.Index));
        Assert.Equal(14, _profiler.Report().Entries);
    }

    [Fact]
    public void Exception_leaves_the_scopes_that_it_passes()
    {
        using (ProfileScope.Operator("outer"))
        {
            Assert.Throws<InvalidOperationException>(Fail);
            using (ProfileScope.Part("after"))
            {
            }
        }
        Assert.Contains("Load › outer › after", Paths);
        Assert.Contains("Load › outer › failing › inner", Paths);

        static void Fail()
        {
            using var failing = ProfileScope.Operator("failing");
            using var inner = ProfileScope.Part("inner");
            throw new InvalidOperationException();
        }
    }

    [Fact]
    public void Stage_leaves_open_scopes_and_comes_back_to_them()
    {
        using (ProfileScope.Group("experiment"))
        {
            using (_profiler.Stage(MemoryStage.Forward))
            using (ProfileScope.Operator("inner"))
            {
            }
            using (ProfileScope.Operator("behind"))
            {
            }
        }
        Assert.Contains("Forward › inner", Paths);
        Assert.Contains("Load › experiment › behind", Paths);
    }

    [Fact]
    public void Other_threads_stand_in_the_running_stage_and_count_only_in_scopes()
    {
        using (_profiler.Stage(MemoryStage.Backward))
        using (ProfileScope.Operator("waiting"))
        {
            var thread = new Thread(() =>
            {
                Thread.Sleep(10);
                using (ProfileScope.Group("block", 1))
                using (ProfileScope.Operator("elsewhere"))
                    Thread.Sleep(5);
                Thread.Sleep(10);
            });
            thread.Start();
            thread.Join();
        }
        var elsewhere = Find("Backward › block › elsewhere");
        Assert.Equal(1, elsewhere.Calls);
        Assert.InRange(elsewhere.OwnSeconds, 0.005, Find("Backward › block").Seconds);
        // What the thread slept before and after its scopes is nobody's.
        Assert.InRange(Find("Backward › block").Seconds, 0.005, Find("Backward › waiting").OwnSeconds - 2 * 0.01);
    }

    [Fact]
    public void Entering_allocates_nothing_once_the_scope_is_known()
    {
        var path = ScopePath.Numbered("block", 3).Group("feed-forward").Operator("down_proj");
        Enter(path);
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 1000; i++)
            Enter(path);
        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());

        static void Enter(ScopePath path)
        {
            using var group = ProfileScope.Group("block", 2);
            using var op = ProfileScope.Operator("norm");
            using var part = ProfileScope.Part("decode");
            using var called = ProfileScope.Called(path);
        }
    }

    [Fact]
    public void Endless_names_are_not_told_apart_from_some_number_on()
    {
        for (var i = 0; i < 3000; i++)
            using (ProfileScope.Group("step", i))
            {
            }
        var blocks = _profiler.Report().Blocks;
        Assert.Equal(1024, blocks.Count);
        Assert.Equal(3000, _profiler.Report().Entries);
    }

    [Fact]
    public void Forgotten_steps_leave_loading_and_the_steps_after()
    {
        using (ProfileScope.Operator("read"))
        {
        }
        Step();
        _profiler.ForgetSteps();
        Step();
        Step();
        var profile = _profiler.Report();
        Assert.Equal(2, profile.Steps);
        Assert.Equal((1L, 2L), (Find("Load › read").Calls, Find("Forward › norm").Calls));

        void Step()
        {
            using (_profiler.Stage(MemoryStage.Forward))
            using (ProfileScope.Operator("norm"))
            {
            }
            _profiler.EndStep();
        }
    }

    [Fact]
    public void Profile_reads_back_from_json_as_it_was()
    {
        using (_profiler.Stage(MemoryStage.Forward))
        using (ProfileScope.Group("block", 0))
        using (ProfileScope.Operator("norm"))
        {
        }
        var profile = _profiler.Report();
        var read = JsonSerializer.Deserialize<RunProfile>(JsonSerializer.Serialize(profile))!;
        Assert.Equal(profile.Scopes, read.Scopes);
        Assert.Equal(profile.Stages, read.Stages);
        Assert.Equal(profile.Blocks, read.Blocks);
        Assert.Equal((profile.Seconds, profile.Steps, profile.Entries), (read.Seconds, read.Steps, read.Entries));
    }

    [Fact]
    public void Second_profiler_and_meter_are_refused_while_one_runs()
    {
        Assert.Contains("dispose it first", Assert.Throws<InvalidOperationException>(() => Profiler.Start()).Message);
        Assert.Throws<InvalidOperationException>(() => MemoryMeter.Start());
        _profiler.Dispose();
        using var meter = MemoryMeter.Start();
        Assert.NotNull(Profiler.Running);
    }

    [Fact]
    public void Refusal_leaves_the_running_profile_in_its_scopes()
    {
        using (ProfileScope.Operator("outer"))
        {
            Assert.Throws<InvalidOperationException>(() => Profiler.Start());
            Assert.Throws<InvalidOperationException>(() => MemoryMeter.Start());
            using (ProfileScope.Part("inner"))
            {
            }
        }
        Assert.Contains("Load › outer › inner", Paths);
        Assert.Equal((1L, 1L), (Find("Load › outer").Calls, Find("Load › outer › inner").Calls));
    }

    [Fact]
    public void Scope_without_a_profiler_does_nothing()
    {
        _profiler.Dispose();
        using (ProfileScope.Operator("unseen"))
        {
        }
        Assert.DoesNotContain(Paths, path => path.Contains("unseen", StringComparison.Ordinal));
    }
}
