namespace PeftLabs.Cli.Bench.Peers;

/// <summary>A row of the table by which tools are compared: the same model shape, method and batch for all.</summary>
/// <param name="Number">Its number, from 1.</param>
/// <param name="Shape">A name of ModelShapes.</param>
/// <param name="Method">full, lora or qlora.</param>
/// <param name="Batch">Sequences a step.</param>
/// <param name="Tokens">Tokens a sequence.</param>
/// <param name="Checkpointing">Whether blocks are computed again in backward.</param>
public sealed record PeerRow(int Number, string Shape, string Method, int Batch, int Tokens, bool Checkpointing)
{
    /// <summary>The rows: LoRA of rank 16 on all seven projections, AdamW, random weights and tokens.</summary>
    public static IReadOnlyList<PeerRow> All { get; } =
    [
        new(1, "smollm2-135m", "full", 4, 128, false),
        new(2, "smollm2-135m", "lora", 4, 128, false),
        new(3, "smollm2-135m", "qlora", 4, 128, false),
        new(4, "smollm2-135m", "qlora", 4, 128, true),
        new(5, "qwen2.5-0.5b", "lora", 1, 256, false),
        new(6, "qwen2.5-0.5b", "qlora", 1, 256, false),
        new(7, "qwen2.5-0.5b", "qlora", 1, 256, true),
        new(8, "llama-1.1b", "qlora", 1, 256, true),
    ];

    /// <summary>The rows of numbers and ranges such as <c>1,3-4</c>, in the table's order.</summary>
    /// <exception cref="FormatException">It is no such text, or there is no such row.</exception>
    public static IReadOnlyList<PeerRow> Parse(string text)
    {
        HashSet<int> numbers = [];
        foreach (var part in text.Split(',', StringSplitOptions.TrimEntries))
        {
            var ends = part.Split('-', StringSplitOptions.TrimEntries);
            if (ends.Length > 2 || !int.TryParse(ends[0], out var first) || !int.TryParse(ends[^1], out var last) || first < 1 || last > All.Count || first > last)
                throw new FormatException($"--rows is '{text}'; it must be numbers from 1 to {All.Count} and ranges, such as 1,3-4.");
            numbers.UnionWith(Enumerable.Range(first, last - first + 1));
        }
        return [.. All.Where(r => numbers.Contains(r.Number))];
    }

    /// <summary>Whether a measurement is of this row.</summary>
    public bool Is(PeerMeasurement m) =>
        (m.Shape, m.Method, m.Batch, m.Tokens, m.Checkpointing) == (Shape, Method, Batch, Tokens, Checkpointing);

    /// <summary>What <c>lab bench step</c> is given to measure it.</summary>
    public IReadOnlyList<string> Arguments(int steps) =>
    [
        "bench", "step", "--json", "--shape", Shape, "--method", Method, "--batch", $"{Batch}", "--tokens", $"{Tokens}", "--steps", $"{steps}",
        .. Checkpointing ? ["--checkpointing"] : Array.Empty<string>(),
    ];

    /// <summary>The method in words.</summary>
    public string MethodText => Method switch { "lora" => "LoRA", "qlora" => "QLoRA", _ => Method } + (Checkpointing ? " + checkpointing" : "");
}
