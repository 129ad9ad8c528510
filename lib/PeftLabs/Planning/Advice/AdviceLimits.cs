namespace PeftLabs.Planning.Advice;

/// <summary>How far a budget reaches.</summary>
/// <param name="Rows">The most sequences that go through the model at once, at the tokens asked for, with the techniques chosen.</param>
/// <param name="Tokens">The most tokens a sequence, at the batch asked for, with the techniques chosen.</param>
/// <param name="TokensEnd">Where the search for <paramref name="Tokens"/> ended: the longest sequence that the model was made for.</param>
/// <param name="Model">The largest model of the catalogue with its weights in memory, at the batch and tokens asked for; null if none fits.</param>
/// <param name="StreamedModel">The same with the blocks' weights in a file.</param>
public sealed record AdviceLimits(long Rows, long Tokens, long TokensEnd, CatalogueFit? Model, CatalogueFit? StreamedModel);
