namespace PeftLabs.Training;

/// <summary>A training checkpoint that was found whole: every file has the length and the hash that its manifest gives.</summary>
/// <param name="Folder">Its folder, such as step-000120; where an adapter was trained, one that PEFT loads.</param>
/// <param name="Step">The step after which it was written.</param>
public sealed record TrainingCheckpoint(string Folder, int Step);
