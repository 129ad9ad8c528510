using System.Runtime.CompilerServices;

namespace PeftLabs.Memory;

/// <summary>Bytes by category at one moment. The last place holds the pending ones: made in the running interval without an explicit
/// category, so that only the interval's end tells what they were.</summary>
[InlineArray(Pending + 1)]
internal struct MemoryMoment
{
    /// <summary>The place of the pending bytes, after the six categories.</summary>
    internal const int Pending = 6;

    private long _first;

    /// <summary>The total.</summary>
    internal readonly long Bytes
    {
        get
        {
            long sum = 0;
            foreach (var bytes in this)
                sum += bytes;
            return sum;
        }
    }

    /// <summary>This moment as it is known once the interval has ended: what was pending is what the stage leaves behind.</summary>
    internal readonly MemoryMoment Resolved(int retained)
    {
        var moment = this;
        moment[retained] += moment[Pending];
        moment[Pending] = 0;
        return moment;
    }

    /// <summary>The six categories and their bytes; nothing may be pending any more.</summary>
    internal readonly IReadOnlyDictionary<MemoryCategory, long> ToDictionary()
    {
        var categories = new Dictionary<MemoryCategory, long>();
        for (var i = 0; i < Pending; i++)
            categories.Add((MemoryCategory)i, this[i]);
        return categories;
    }
}
