namespace PeftLabs.Tokenization;

/// <summary>
/// The merges of a byte-pair encoding: for two ids side by side, the merge's rank (0 is done first) and the id they become.
/// Open addressing over powers of two, never more than half full.
/// </summary>
internal sealed class MergeTable
{
    /// <summary>What <see cref="Find"/> gives for a pair that does not merge: later than every rank.</summary>
    public const long None = long.MaxValue;

    private readonly ulong[] _keys;
    private readonly long[] _values;
    private readonly int _shift;

    public MergeTable(IReadOnlyCollection<(int Left, int Right, int Rank, int Id)> merges)
    {
        var bits = Math.Max(4, System.Numerics.BitOperations.Log2((uint)Math.Max(1, merges.Count)) + 2);
        _shift = 64 - bits;
        _keys = new ulong[1 << bits];
        _values = new long[1 << bits];
        Array.Fill(_values, None);
        foreach (var (left, right, rank, id) in merges)
        {
            var slot = Slot(Key(left, right));
            (_keys[slot], _values[slot]) = (Key(left, right), (long)rank << 32 | (uint)id);
        }
    }

    /// <summary>Rank in the upper 32 bits, id in the lower; or <see cref="None"/>.</summary>
    public long Find(int left, int right) => _values[Slot(Key(left, right))];

    private static ulong Key(int left, int right) => (ulong)(uint)left << 32 | (uint)right;

    private int Slot(ulong key)
    {
        var slot = (int)((key * 0x9E3779B97F4A7C15) >> _shift);
        while (_keys[slot] != key && _values[slot] != None)
            slot = (slot + 1) & (_keys.Length - 1);
        return slot;
    }
}
