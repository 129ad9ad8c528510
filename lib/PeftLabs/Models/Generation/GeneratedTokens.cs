namespace PeftLabs.Models.Generation;

/// <summary>A prompt's continuation in tokens.</summary>
/// <param name="PromptTokens">Tokens of the prompt.</param>
/// <param name="Tokens">The tokens that follow it; an end token is among them.</param>
/// <param name="Reason">Why it ended.</param>
public sealed record GeneratedTokens(int PromptTokens, IReadOnlyList<int> Tokens, StopReason Reason);
