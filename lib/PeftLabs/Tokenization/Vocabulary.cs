namespace PeftLabs.Tokenization;

/// <summary>Tokens and their ids, the model's and the added ones together.</summary>
internal sealed class Vocabulary
{
    private readonly Dictionary<string, int> _ids;
    private readonly string?[] _tokens;
    private readonly HashSet<int> _special;

    public Vocabulary(Dictionary<string, int> model, IReadOnlyList<AddedToken> added)
    {
        _ids = new(model);
        foreach (var token in added)
            _ids[token.Content] = token.Id;
        _tokens = new string?[_ids.Count == 0 ? 0 : _ids.Values.Max() + 1];
        foreach (var (token, id) in _ids)
            _tokens[id] = token;
        _special = [.. added.Where(token => token.IsSpecial).Select(token => token.Id)];
    }

    /// <summary>One more than the largest id.</summary>
    public int Size => _tokens.Length;

    public int? Id(string? token) => token is not null && _ids.TryGetValue(token, out var id) ? id : null;

    public string? Token(int id) => (uint)id < (uint)_tokens.Length ? _tokens[id] : null;

    public bool IsSpecial(int id) => _special.Contains(id);
}
