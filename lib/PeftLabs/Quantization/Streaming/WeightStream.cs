using PeftLabs.Memory.Profiling;
using TorchSharp;
using static TorchSharp.torch;

namespace PeftLabs.Quantization.Streaming;

/// <summary>
/// Groups of frozen weights (a model's blocks) that lie in a file and are in memory only around their use. Whoever uses a weight asks for
/// its group; while it is used, the group expected next is read on another thread, and every other one is let go: two are in memory, or
/// on their way there. Uses exclude each other, whatever their threads. It is disposed with the last of its weights.
/// </summary>
public sealed class WeightStream : IDisposable
{
    private readonly Lock _lock = new();
    private readonly StreamLayout _layout;
    private readonly Device _device;
    private readonly IGroupSource _source;
    private readonly ReadingThread _thread = new();
    private readonly Staging? _staging;
    private readonly GroupOrder _order;
    private StreamSlot? _current, _ahead;
    private int _weights;
    private bool _disposed;

    internal WeightStream(StreamLayout layout, IGroupSource source, Device device)
    {
        (_layout, _source, _device, _order) = (layout, source, device, new(layout.Groups.Count));
        _staging = device.type == DeviceType.CPU ? null : new();
        _weights = layout.Groups.Sum(group => group.Length);
    }

    /// <summary>The file. A temporary one has lost its name already, except on Windows.</summary>
    public string Path => _source.Path;

    /// <summary>Where the weights are used.</summary>
    public Device Device => _device;

    /// <summary>Bytes of the weights of each group.</summary>
    public IReadOnlyList<long> GroupBytes => [.. _layout.Groups.Select(group => group.Sum(m => m.Format.StoredBytes(m.Rows, m.Columns)))];

    /// <summary>Groups whose reading began.</summary>
    public long Loads { get; private set; }

    /// <summary>Uses that had to wait for the file, the very first among them.</summary>
    public long Waits { get; private set; }

    /// <summary>The most bytes of weights in memory, when groups are used one after another, there and back: those of the two largest
    /// neighbours.</summary>
    public static long ResidentBytes(IReadOnlyList<long> groupBytes) => groupBytes.Count < 2
        ? groupBytes.Sum()
        : groupBytes.Zip(groupBytes.Skip(1), (a, b) => a + b).Max();

    /// <summary>Whether the group expected next can be used without waiting.</summary>
    internal bool IsAheadThere => _ahead is { IsThere: true };

    /// <summary>Lets a weight be used where it lies in memory, until <paramref name="use"/> returns.</summary>
    internal T Use<T>(int group, int index, Func<StoredWeight, T> use)
    {
        lock (_lock)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            if (_current?.Group != group)
                Enter(group);
            return use(_current!.Weights[index]);
        }
    }

    /// <summary>One of its weights is not used any more.</summary>
    internal void Release()
    {
        if (Interlocked.Decrement(ref _weights) == 0)
            Dispose();
    }

    /// <summary>Frees the groups in memory, ends the thread and closes the file; a temporary one is gone.</summary>
    public void Dispose()
    {
        lock (_lock)
        {
            if (_disposed)
                return;
            _disposed = true;
            _current?.Dispose();
            _ahead?.Dispose();
            _thread.Dispose();
            _staging?.Dispose();
            _source.Dispose();
        }
    }

    private void Enter(int group)
    {
        using var profile = ProfileScope.Operator("streaming read");
        var (previous, next) = (_current, _ahead);
        (_current, _ahead) = (null, null);
        if (next?.Group != group)
        {
            // Another than expected: all else goes before it comes, so that there are never three.
            next?.Dispose();
            next = Load(group, previous);
            previous = null;
        }
        Wait(next!, previous);
        _current = next;
        _order.Enter(group);
        Expect(previous);
    }

    private void Wait(StreamSlot slot, StreamSlot? previous)
    {
        try
        {
            if (!slot.IsThere)
                Waits++;
            slot.Wait(_source, _layout.Groups[slot.Group]);
        }
        catch
        {
            slot.Dispose();
            previous?.Dispose();
            throw;
        }
    }

    private void Expect(StreamSlot? previous)
    {
        var expected = _order.Next();
        _ahead = expected == previous?.Group ? previous
            : expected is { } group ? Load(group, previous) : null;
    }

    // The memory of the slot that goes is that of the one that comes, where they are alike: no page of it is fresh.
    private StreamSlot Load(int group, StreamSlot? leaving)
    {
        var slot = leaving is not null && IsAlike(leaving.Group, group) ? leaving.Reuse(group) : null;
        if (slot is null)
        {
            leaving?.Dispose();
            slot = StreamSlot.Allocate(group, _layout.Groups[group], _device);
        }
        try
        {
            slot.Start(_thread, _source, _staging);
            Loads++;
            return slot;
        }
        catch
        {
            slot.Dispose();
            throw;
        }
    }

    private bool IsAlike(int one, int other) => _layout.Groups[one].Select(Shape).SequenceEqual(_layout.Groups[other].Select(Shape));

    private static (WeightFormat, long, long, ScalarType) Shape(StreamedMatrix m) => (m.Format, m.Rows, m.Columns, m.ValueType);
}
