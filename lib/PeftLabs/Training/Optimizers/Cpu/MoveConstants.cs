namespace PeftLabs.Training.Optimizers.Cpu;

/// <summary>The numbers that all values of a parameter share in a step; each rule uses some of them.</summary>
internal readonly record struct MoveConstants
{
    /// <summary>β₁, or the momentum.</summary>
    public float Beta1 { get; init; }

    /// <summary>1 − β₁.</summary>
    public float Fresh1 { get; init; }

    /// <summary>β₂.</summary>
    public float Beta2 { get; init; }

    /// <summary>1 − β₂.</summary>
    public float Fresh2 { get; init; }

    /// <summary>1 / √(1 − β₂ᵗ).</summary>
    public float Root { get; init; }

    /// <summary>ε.</summary>
    public float Epsilon { get; init; }

    /// <summary>What of a weight is left by its decay, 1 − ηλ.</summary>
    public float Keep { get; init; }

    /// <summary>λ, where decay is part of the gradient.</summary>
    public float Decay { get; init; }

    /// <summary>What a direction is multiplied by and added to the weight; negative.</summary>
    public float Step { get; init; }
}
