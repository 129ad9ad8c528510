using System.Collections;

namespace PeftLabs.Training;

/// <summary>Which tokens of an example in a token cache are learned.</summary>
internal sealed class StoredMask(StoredTokens tokens) : IReadOnlyList<bool>
{
    public StoredTokens Tokens => tokens;

    public int Count => tokens.Count;

    public bool this[int index] => tokens.Stored(index) >= 0;

    public IEnumerator<bool> GetEnumerator() => Enumerable.Range(0, Count).Select(i => this[i]).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
