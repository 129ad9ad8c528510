namespace PeftLabs.Models.Generation;

/// <summary>The tokens that a prompt and its continuation hold, each once.</summary>
internal sealed class SeenTokens
{
    private readonly HashSet<int> _tokens = [];

    /// <summary>Adds one.</summary>
    public void Add(int token) => _tokens.Add(token);

    /// <summary>Makes them less likely: logit / penalty where it is positive, logit · penalty where it is negative.</summary>
    public void Penalize(Span<float> logits, double penalty)
    {
        foreach (var token in _tokens)
            if (token < logits.Length)
                logits[token] = (float)(logits[token] < 0 ? logits[token] * penalty : logits[token] / penalty);
    }
}
