namespace PeftLabs.Labs;

/// <summary>A figure before and after as a row that a notebook shows.</summary>
/// <param name="Of">The task or text.</param>
/// <param name="Metric">The figure.</param>
/// <param name="Before">Before, with its 95 % interval.</param>
/// <param name="After">After, with its interval.</param>
/// <param name="Change">After − before, with its interval.</param>
/// <param name="P">The p-value of the change.</param>
public sealed record EvaluationRow(string Of, string Metric, string Before, string After, string Change, string P);
