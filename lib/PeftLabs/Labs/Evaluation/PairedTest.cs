namespace PeftLabs.Labs;

/// <summary>The test of a change on the same examples.</summary>
public enum PairedTest
{
    /// <summary>McNemar's exact test (<see cref="Proportions.McNemar"/>), where each answer is right or wrong.</summary>
    McNemar,

    /// <summary>The paired bootstrap (<see cref="Bootstrap.PValue"/>).</summary>
    Bootstrap,
}
