using PeftLabs.Models;
using PeftLabs.Training;

namespace PeftLabs.Planning;

/// <summary>
/// The memory of the store in which inputs of what is computed again wait: where they are, in a file, which is written behind the
/// computation and read one ahead, or in a GPU's host, which takes them at once and gives them back one ahead.
/// </summary>
/// <param name="options">How is trained.</param>
/// <param name="walk">The walk.</param>
/// <param name="states">The size of an input.</param>
internal sealed class StoreWalk(TrainingOptions options, MemoryWalk walk, PlanSize states)
{
    // By number what is in memory, and what a file is still written from.
    private readonly Dictionary<int, WalkBlock> _stored = [];
    private readonly Queue<WalkBlock> _writing = [];
    private int _count;

    private bool IsPlain => options.SavedActivations == ActivationType.Float32;

    private PlanSize Packed => IsPlain ? states : states.Halved;

    /// <summary>Puts an input in, and gives its number.</summary>
    public int Put(WalkBlock x)
    {
        var packed = IsPlain ? walk.Keep(x, KeptTerms.Inputs) : walk.Detach(walk.New(KeptTerms.CopiedInputs, Packed));
        switch (options.Offload)
        {
            case ActivationOffload.None:
                _stored.Add(_count, packed);
                break;
            case ActivationOffload.Host:
                walk.Release(packed);
                break;
            default:
                // One is still being written when the next one comes.
                while (_writing.Count > 1)
                    walk.Release(_writing.Dequeue());
                _writing.Enqueue(packed);
                break;
        }
        return _count++;
    }

    /// <summary>Takes an input out, in 32 bits; the caller holds it.</summary>
    public WalkBlock Take(int index)
    {
        while (_writing.TryDequeue(out var written))
            walk.Release(written);
        if (options.Offload != ActivationOffload.None)
            foreach (var read in new[] { index, index - 1 }.Where(i => i >= 0 && !_stored.ContainsKey(i)))
                _stored.Add(read, walk.Detach(walk.New(KeptTerms.CopiedInputs, Packed)));
        _stored.Remove(index, out var kept);
        if (IsPlain)
            return kept!;
        var unpacked = walk.Detach(walk.New(PlanTerms.Unpacked, states));
        walk.Release(kept!);
        return unpacked;
    }
}
