using PeftLabs.Memory;

namespace PeftLabs.Planning;

/// <summary>A kind of bytes: its name, its formula in symbols, and its category.</summary>
/// <param name="Name">The name.</param>
/// <param name="Formula">Bytes of it, or of one of it.</param>
/// <param name="Category">The category that the meter counts it in.</param>
internal sealed record PlanTerm(string Name, string Formula, MemoryCategory Category)
{
    public static PlanTerm Workspace(string name, string formula) => new(name, formula, MemoryCategory.Workspace);

    public static PlanTerm Activation(string name, string formula) => new(name, formula, MemoryCategory.Activations);
}
