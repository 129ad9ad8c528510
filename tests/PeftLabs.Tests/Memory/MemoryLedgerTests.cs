using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;
using PeftLabs.Memory;
using TorchSharp;

namespace PeftLabs.Tests.Memory;

/// <summary>Random sequences of allocations, frees, stages and steps, against <see cref="MemoryOracle"/>.</summary>
[Collection("Memory")]
public sealed class MemoryLedgerTests
{
    private static Arbitrary<Event[]> Sequences
    {
        get
        {
            var gen = from kind in Gen.Choose(0, 19)
                      from id in Gen.Choose(1, 12)
                      from bytes in Gen.Choose(1, 200)
                      from choice in Gen.Choose(0, 23)
                      select new Event(kind, id, bytes, choice);
            return gen.ArrayOf().ToArbitrary();
        }
    }

    private static Arbitrary<int[]> Addresses => Gen.Choose(-4000, 4000).ArrayOf().Resize(5000).ToArbitrary();

    private static void Run(Event[] events, MemoryOracle oracle, Action<int, long, MemoryCategory?> allocate, Action<int> free,
        Action<MemoryStage> enter, Action endStep)
    {
        foreach (var (kind, id, bytes, choice) in events)
            if (kind < 9)
            {
                oracle.Allocate(id, bytes, choice < 6 ? (MemoryCategory)choice : null);
                allocate(id, bytes, choice < 6 ? (MemoryCategory)choice : null);
            }
            else if (kind < 15)
            {
                oracle.Free(id);
                free(id);
            }
            else if (kind < 19)
            {
                oracle.Enter(choice / 6);
                enter((MemoryStage)(choice / 6));
            }
            else
            {
                oracle.EndStep();
                endStep();
            }
    }

    private static void Compare(MemoryOracle oracle, IReadOnlyList<StageMemory> stages)
    {
        var expected = oracle.Stages().ToList();
        Assert.Equal(expected.Select(s => s.Stage), stages.Select(s => s.Stage));
        foreach (var (want, got) in expected.Zip(stages))
        {
            Assert.Equal(want.End, got.EndCategories.OrderBy(c => c.Key).Select(c => c.Value));
            Assert.Equal(want.Peak, got.PeakCategories.OrderBy(c => c.Key).Select(c => c.Value));
            Assert.Equal((want.End.Sum(), want.Peak.Sum()), (got.EndBytes, got.PeakBytes));
        }
    }

    [Property(MaxTest = 1000)]
    public Property Ledger_equals_the_oracle() => Prop.ForAll(Sequences, events =>
    {
        var oracle = new MemoryOracle();
        using var ledger = new MemoryLedger(16);
        Run(events, oracle, (id, bytes, category) => ledger.Allocated(id * 64, bytes, category is { } c ? (int)c + 1 : 0),
            id => ledger.Freed(id * 64), stage => ledger.Enter((int)stage), ledger.EndStep);
        Assert.Equal(oracle.CurrentBytes, ledger.CurrentBytes);
        Assert.Equal(oracle.PeakBytes, ledger.PeakBytes);
        Assert.Equal(oracle.UnseenFrees, ledger.UnseenFrees);
        Compare(oracle, ledger.Stages());
    });

    [Property(MaxTest = 500)]
    public Property Blocks_alive_at_each_peak_are_those_of_the_replay() => Prop.ForAll(Sequences, events =>
    {
        var (oracle, number) = (new MemoryOracle(), 0);
        using var ledger = new MemoryLedger(16);
        Run(events, oracle, (id, bytes, category) => ledger.Allocated(id * 64, bytes, category is { } c ? (int)c + 1 : 0, ++number),
            id => ledger.Freed(id * 64), stage => ledger.Enter((int)stage), ledger.EndStep);
        var peaks = ledger.Peaks();
        foreach (var peak in peaks)
        {
            Assert.Equal(oracle.AlivePeak(peak.Stage).Order(),
                peak.Blocks.Select(b => (b.Scope, b.Bytes, (MemoryCategory)b.Category)).Order());
            Assert.Equal(peak.Bytes, peak.Blocks.Sum(b => b.Bytes));
        }
        Assert.Equal(ledger.PeakBytes, peaks[ledger.PeakInterval].Bytes);
        ledger.Dispose();
        Assert.Equal(peaks.Select(p => p.Blocks), ledger.Peaks().Select(p => p.Blocks));
    });

    [Property(MaxTest = 200)]
    public Property Meter_of_real_tensors_equals_the_oracle() => Prop.ForAll(Sequences, events =>
    {
        var oracle = new MemoryOracle();
        var tensors = new Dictionary<int, torch.Tensor>();
        using var meter = MemoryMeter.Start(new() { MeterFinalizer = false, ResetResidentPeak = false });
        void Free(int id)
        {
            if (tensors.Remove(id, out var tensor))
                tensor.Dispose();
        }
        void Allocate(int id, long bytes, MemoryCategory? category)
        {
            Free(id);
            using var scope = category is { } c ? MemoryMeter.Category(c) : default;
            tensors[id] = torch.empty(bytes, dtype: torch.int8);
        }
        Run(events, oracle, Allocate, Free, meter.Enter, meter.EndStep);
        var report = meter.Report();
        foreach (var id in tensors.Keys.ToList())
            Free(id);
        Assert.Equal(oracle.PeakBytes, report.PeakBytes);
        Assert.Equal(0, report.UnseenFrees);
        Assert.Equal(0, meter.CurrentBytes);
        Compare(oracle, report.Stages);
    });

    [Property(MaxTest = 200)]
    public Property Block_table_equals_a_dictionary() => Prop.ForAll(Addresses, addresses =>
    {
        using var table = new BlockTable();
        var expected = new Dictionary<nint, long>();
        foreach (var signed in addresses)
        {
            nint address = Math.Max(1, Math.Abs(signed)) * 64;
            var known = expected.Remove(address, out var bytes);
            Assert.Equal(known, table.Remove(address, out var block));
            Assert.Equal(bytes, block.Bytes);
            if (signed < 0)
                continue;
            table.Add(new(address, signed, 0, 0, false));
            expected.Add(address, signed);
            Assert.Equal(expected.Count, table.Count);
        }
        foreach (var address in expected.Keys)
            Assert.True(table.Remove(address, out _));
        Assert.Equal(0, table.Count);
    });

    [Fact]
    public void Events_allocate_nothing_on_the_managed_heap()
    {
        using var ledger = new MemoryLedger(1000);
        // Once more than is counted, so that what grows in native memory has grown.
        Cycle(ledger);
        var before = GC.GetAllocatedBytesForCurrentThread();
        Cycle(ledger);
        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());

        static void Cycle(MemoryLedger ledger)
        {
            for (var stage = 0; stage < 4; stage++)
            {
                ledger.Enter(stage);
                for (var i = 1; i <= 2000; i++)
                    ledger.Allocated(64 * i, i, 0, i);
                for (var i = 1; i <= 2000; i++)
                    ledger.Freed(64 * i);
            }
        }
    }

    private sealed record Event(int Kind, int Id, long Bytes, int Choice);
}
