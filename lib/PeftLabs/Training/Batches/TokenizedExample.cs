namespace PeftLabs.Training;

/// <summary>A text to learn, as token ids; the prompt's are read but not learned.</summary>
/// <param name="Ids">All tokens, the prompt first.</param>
/// <param name="PromptTokens">How many of them are the prompt's, and so left out of the loss.</param>
public sealed record TokenizedExample(IReadOnlyList<int> Ids, int PromptTokens = 0);
