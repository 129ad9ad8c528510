namespace PeftLabs.Labs;

/// <summary>
/// Text-to-SQL without end: a schema of one or two tables in a line and a question in English, answered by one SQL query. It is written
/// from a seed, the same on every platform. A prompt belongs to training or is held out by its own hash, whatever the seed, so that no
/// two streams of different kinds ever share one.
/// </summary>
public static class TaskGenerator
{
    private const int HeldOutOneIn = 10;

    /// <summary>Examples to train on, without end; nine prompts of ten belong here.</summary>
    public static IEnumerable<InstructionExample> Train(ulong seed) => All(seed).Where(example => !IsHeldOut(example.Prompt));

    /// <summary>Examples to evaluate on, without end, none of which any seed's <see cref="Train"/> gives.</summary>
    public static IEnumerable<InstructionExample> HeldOut(ulong seed) => All(seed).Where(example => IsHeldOut(example.Prompt));

    private static IEnumerable<InstructionExample> All(ulong seed)
    {
        for (var index = 0UL; ; index++)
            yield return Example(SplitMix64.Stream(seed, index));
    }

    private static InstructionExample Example(SplitMix64 random)
    {
        var tables = TaskGeneratorSchema.Draw(random);
        var (question, query) = TaskGeneratorQuery.Draw(random, tables);
        return new($"Schema: {string.Join("; ", tables.Select(table => table.Line))}\nQuestion: {question}\nSQL:", $" {query};");
    }

    // FNV-1a over UTF-16: .NET's own string hashes differ from run to run.
    private static bool IsHeldOut(string prompt) =>
        prompt.Aggregate(0xCBF29CE484222325, (hash, c) => (hash ^ c) * 0x100000001B3) >> 32 is var high && high % HeldOutOneIn == 0;
}
