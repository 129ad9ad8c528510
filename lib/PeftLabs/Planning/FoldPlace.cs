namespace PeftLabs.Planning;

/// <summary>Where in a folded run a group of layers ends.</summary>
internal enum FoldPlace
{
    /// <summary>Nowhere of interest.</summary>
    None,

    /// <summary>A group before the layers left out: from here on forward's change of a group is taken.</summary>
    Before,

    /// <summary>At the layers left out.</summary>
    At,

    /// <summary>A group behind them: from here on backward's change is taken.</summary>
    Behind,
}
