using PeftLabs.Training;

namespace PeftLabs.Labs;

/// <summary>
/// Cuts a document into windows that a model can see at once, such that each token is predicted exactly once: the first window predicts
/// all of its tokens, each later one begins half a window further and predicts only what the one before did not see, so that no token
/// behind the first window is predicted from less than half a window.
/// </summary>
internal static class TextWindows
{
    /// <summary>The windows of a document's tokens; what is learned in one is what it predicts.</summary>
    /// <param name="ids">The tokens; the first is only read.</param>
    /// <param name="window">Tokens of a window at most, at least 2.</param>
    public static IEnumerable<TokenizedExample> Of(IReadOnlyList<int> ids, int window)
    {
        // One further at least, one token of context at least.
        var stride = window - window / 2;
        for (int first = 0, predicted = 1; predicted < ids.Count; first += stride)
        {
            var end = Math.Min(first + window, ids.Count);
            yield return new([.. ids.Skip(first).Take(end - first)], predicted - first);
            predicted = end;
        }
    }
}
