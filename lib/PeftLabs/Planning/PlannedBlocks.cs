using System.Collections;

namespace PeftLabs.Planning;

/// <summary>A model's blocks, each made when it is first asked for: of many that are alike, a prediction looks at a few.</summary>
internal sealed class PlannedBlocks(int count, Func<int, PlannedBlock> make) : IReadOnlyList<PlannedBlock>
{
    private readonly PlannedBlock?[] _made = new PlannedBlock?[count];

    public int Count => count;

    public PlannedBlock this[int index] => _made[index] ??= make(index);

    public IEnumerator<PlannedBlock> GetEnumerator() => Enumerable.Range(0, count).Select(index => this[index]).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
