namespace PeftLabs.Tests.Memory;

/// <summary>Tests that count the bytes or the live tensors of this process: one at a time, and nothing beside them.</summary>
[CollectionDefinition("Memory", DisableParallelization = true)]
public sealed class MemoryCollection;
