namespace PeftLabs.Training;

/// <summary>Which fields make which shape.</summary>
internal static class InstructionFields
{
    public static IReadOnlyDictionary<InstructionShape, string[]> Required { get; } = new Dictionary<InstructionShape, string[]>
    {
        [InstructionShape.Messages] = ["messages"],
        [InstructionShape.Instruction] = ["instruction", "output"],
        [InstructionShape.PromptCompletion] = ["prompt", "completion"],
        [InstructionShape.Text] = ["text"],
    };

    /// <summary>The first shape of which all fields are there, or else one of which some are; null where no field is known.</summary>
    public static InstructionShape? Detect(IReadOnlyCollection<string> names)
    {
        foreach (var (shape, fields) in Required)
            if (fields.All(names.Contains))
                return shape;
        foreach (var (shape, fields) in Required)
            if (fields.Any(names.Contains))
                return shape;
        return null;
    }

    public static string Empty(string name) => $"{name} is empty, so there is nothing to {(name == "instruction" ? "answer" : "learn")}";

    public static string Unknown(IReadOnlyCollection<string> names) =>
        $"none of the known fields: there {(names.Count == 0 ? "are none" : $"is {string.Join(", ", names.Take(8))}")}; "
        + $"{string.Join("; ", Required.Values.Select(fields => string.Join(" and ", fields)))} would do";
}
