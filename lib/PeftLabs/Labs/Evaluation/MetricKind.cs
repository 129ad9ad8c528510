namespace PeftLabs.Labs;

/// <summary>What a figure of an evaluation measures.</summary>
public enum MetricKind
{
    /// <summary>How good answers are, from 0 to 1; shown as a percentage. More is better.</summary>
    Score,

    /// <summary>Mean cross entropy in nats a token. Less is better.</summary>
    Loss,

    /// <summary>The exponential of the mean cross entropy. Less is better.</summary>
    Perplexity,
}
