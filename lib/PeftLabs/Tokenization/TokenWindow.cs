namespace PeftLabs.Tokenization;

/// <summary>So many tokens from a text's start or end, cut where no character is cut: a byte-level token may be a part of one.</summary>
internal static class TokenWindow
{
    /// <summary>How many of the first tokens to keep, and where in the text they end.</summary>
    public static (int Count, int End) First(TokenBuffer tokens, int limit, int textLength)
    {
        if (limit >= tokens.Count)
            return (tokens.Count, textLength);
        while (limit > 0 && tokens.Ranges[limit].Start < tokens.Ranges[limit - 1].End)
            limit--;
        return (limit, limit > 0 ? tokens.Ranges[limit - 1].End : 0);
    }

    /// <summary>How many of the last tokens to keep, and where in the text they begin.</summary>
    public static (int Count, int Start) Last(TokenBuffer tokens, int limit, int textLength)
    {
        if (limit >= tokens.Count)
            return (tokens.Count, 0);
        while (limit > 0 && tokens.Ranges[^limit].Start < tokens.Ranges[^(limit + 1)].End)
            limit--;
        return (limit, limit > 0 ? tokens.Ranges[^limit].Start : textLength);
    }

    /// <summary>Cuts to what a file's truncation leaves once the template's tokens are counted; the ones before the text stay.</summary>
    public static void Truncate(TokenBuffer tokens, Truncation truncation, SpecialTokenTemplate template)
    {
        var before = template.Before.Count;
        var room = Math.Max(0, truncation.MaxLength - before - template.After.Count);
        var excess = tokens.Count - before - room;
        if (excess > 0)
            tokens.Remove(truncation.FromLeft ? before : before + room, excess);
    }
}
