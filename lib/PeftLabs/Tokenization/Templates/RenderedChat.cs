namespace PeftLabs.Tokenization;

/// <summary>A conversation as text, with the places that the assistant wrote: what a model learns of it.</summary>
/// <param name="Text">The whole.</param>
/// <param name="Assistant">Ranges of UTF-16 code units in ascending order, none empty, none overlapping.</param>
/// <param name="IsMarkedByTemplate">
/// Whether the template's generation blocks said so; otherwise the ranges are what each assistant message adds behind the generation
/// prompt, which may include white space after the token that ends the turn.
/// </param>
public sealed record RenderedChat(string Text, IReadOnlyList<Range> Assistant, bool IsMarkedByTemplate);
