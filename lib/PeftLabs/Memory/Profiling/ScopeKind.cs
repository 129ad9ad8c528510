namespace PeftLabs.Memory.Profiling;

/// <summary>What a scope is in a profile's tables.</summary>
internal enum ScopeKind : byte
{
    /// <summary>It holds operators together and is none itself: a stage, a block, half of one.</summary>
    Group,

    /// <summary>A group of what is computed a second time.</summary>
    Recomputed,

    /// <summary>A row of the tables: a projection, a norm, attention.</summary>
    Operator,

    /// <summary>A part of the operator around it.</summary>
    Part,
}
