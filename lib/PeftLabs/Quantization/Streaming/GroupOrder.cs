namespace PeftLabs.Quantization.Streaming;

/// <summary>
/// Which group is used next. What followed the last two groups the time before follows them again: after one round it knows a training
/// step (there and back), generation (from the last to the first) and recomputation by segments. What it has not seen, it expects to go on
/// in the same direction, and to turn round at the ends.
/// </summary>
internal sealed class GroupOrder(int groups)
{
    private readonly Dictionary<(int Before, int Last), int> _seen = [];
    private int _before = -1, _last = -1;

    /// <summary>Another group is in use now.</summary>
    public void Enter(int group)
    {
        if (_last >= 0)
            _seen[(_before, _last)] = group;
        (_before, _last) = (_last, group);
    }

    /// <summary>The group to expect; null where there is no other.</summary>
    public int? Next()
    {
        if (groups < 2)
            return null;
        if (_seen.TryGetValue((_before, _last), out var next) && IsNeighbour(next))
            return next;
        var step = _before > _last ? -1 : 1;
        return _last + step >= 0 && _last + step < groups ? _last + step : _last - step;
    }

    // Neighbours alone, the last and the first among them, so that it is known which two are ever in memory together.
    private bool IsNeighbour(int group) => Math.Abs(group - _last) is var distance && (distance == 1 || distance == groups - 1);
}
