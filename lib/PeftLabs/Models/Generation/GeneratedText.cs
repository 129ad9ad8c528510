namespace PeftLabs.Models.Generation;

/// <summary>A prompt's continuation.</summary>
/// <param name="Text">The text without the prompt, without special tokens, and cut before a stop string.</param>
/// <param name="Tokens">Its tokens; an end token is among them, and those of a stop string.</param>
/// <param name="PromptTokens">Tokens of the prompt.</param>
/// <param name="Reason">Why it ended.</param>
public sealed record GeneratedText(string Text, IReadOnlyList<int> Tokens, int PromptTokens, StopReason Reason)
{
    /// <summary>Seconds until the first token: the prompt's. 0 for one text of a batch, whose seconds are not its own.</summary>
    public double PrefillSeconds { get; init; }

    /// <summary>Seconds of the tokens after the first; 0 for one text of a batch.</summary>
    public double DecodeSeconds { get; init; }

    /// <summary>Tokens a second, the first not counted; 0 where there is no second one, or no seconds.</summary>
    public double TokensPerSecond => DecodeSeconds > 0 ? (Tokens.Count - 1) / DecodeSeconds : 0;
}
