using static TorchSharp.torch;

namespace PeftLabs.Training.Optimizers;

/// <summary>
/// The state of all parameters, zero when made: in memory, and where there is a budget, beyond it in a file. Tensors of state take their
/// places in order, each wholly in memory where the budget has room for it, else in the file.
/// </summary>
internal sealed class StateStore : IDisposable
{
    private const long Alignment = 64;

    private readonly PagedFile? _file;
    private readonly List<StateBuffer[]> _buffers = [];

    public StateStore(IReadOnlyList<(StateSpec[] Specs, Device Device)> parameters, long budget)
    {
        var resident = Placement([.. parameters.SelectMany(p => p.Specs)], budget);
        var paged = parameters.SelectMany(p => p.Specs).Zip(resident).Where(s => !s.Second).Sum(s => Padded(s.First.Bytes));
        _file = paged > 0 ? new PagedFile(paged) : null;
        var (next, offset) = (0, 0L);
        foreach (var (specs, device) in parameters)
            _buffers.Add([.. specs.Select(spec => Buffer(spec, device, resident[next++], ref offset))]);
    }

    public StateBuffer[] this[int parameter] => _buffers[parameter];

    /// <summary>Which tensors of state stay in memory.</summary>
    public static bool[] Placement(IReadOnlyList<StateSpec> specs, long budget)
    {
        var left = budget;
        return [.. specs.Select(spec =>
        {
            var fits = spec.Bytes <= left;
            left -= fits ? spec.Bytes : 0;
            return fits;
        })];
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var buffer in _buffers.SelectMany(b => b))
            buffer.Dispose();
        _buffers.Clear();
        _file?.Dispose();
    }

    private StateBuffer Buffer(StateSpec spec, Device device, bool resident, ref long offset)
    {
        if (resident)
            return new ResidentState(spec, device);
        var place = offset;
        offset += Padded(spec.Bytes);
        return new PagedState(spec, _file!, place, device);
    }

    private static long Padded(long bytes) => (bytes + Alignment - 1) / Alignment * Alignment;
}
