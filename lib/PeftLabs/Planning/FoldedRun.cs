namespace PeftLabs.Planning;

/// <summary>Groups of layers that a walk leaves out, as many times the change of a group like them.</summary>
/// <param name="times">How many.</param>
internal sealed class FoldedRun(long times)
{
    private long[] _since = [];

    /// <summary>The walk comes by in forward, or in backward, which is from behind.</summary>
    public void Pass(FoldPlace place, MemoryWalk walk, bool isForward)
    {
        if (place == (isForward ? FoldPlace.Before : FoldPlace.Behind))
            _since = walk.Alive();
        if (place == FoldPlace.At)
            walk.Repeat(_since, times);
    }
}
