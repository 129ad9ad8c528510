namespace PeftLabs.Notebooks.Formatting;

/// <summary>HTML to be shown as it is.</summary>
/// <param name="Html">The markup.</param>
public sealed record HtmlText(string Html);
