using PeftLabs.Memory;

namespace PeftLabs.Planning;

/// <summary>One term of a step's predicted seconds: a kind of work, counted.</summary>
/// <param name="Name">The work, for example "projections".</param>
/// <param name="Formula">How it is counted, in the symbols of the memory's terms.</param>
/// <param name="Stage">The stage in which it is done.</param>
/// <param name="Operations">Floating-point operations of its matrix products.</param>
/// <param name="Bytes">Bytes that it reads and writes outside of products.</param>
/// <param name="Seconds">What it takes.</param>
public sealed record TimeTerm(string Name, string Formula, MemoryStage Stage, double Operations, double Bytes, double Seconds);
