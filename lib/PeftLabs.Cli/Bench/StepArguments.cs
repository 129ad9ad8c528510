using System.CommandLine;
using PeftLabs.Cli.Training;
using PeftLabs.Models;

namespace PeftLabs.Cli.Bench;

/// <summary>The command-line options of whatever takes training steps on random tokens, techniques among them.</summary>
public sealed class StepArguments
{
    private readonly Option<string?> _shape = new("--shape") { Description = $"A shape with random weights: {string.Join(", ", ModelShapes.All.Keys)}, or a name that lab plan knows" };
    private readonly Option<string?> _model = new("--model") { Description = "A model instead of a shape: a folder, or the name of one that lab pull has brought" };
    private readonly Option<string> _method = new("--method")
    {
        Description = "full, lora (on all projections) or qlora (the same on NF4 with double quantization)",
        DefaultValueFactory = _ => "lora",
    };

    private readonly Option<int> _rank = Number("--rank", "The adapters' rank; alpha is twice that", StepBenchmarkOptions.PeersRank);

    private readonly Option<string?> _format = new("--format") { Description = "How projections are stored: float32, bfloat16, nf4, nf4-dq, fp4, int8, int8-row" };
    private readonly Option<string?> _embedding = new("--embedding") { Description = "How embedding and head are stored; bfloat16 under qlora, else float32" };
    private readonly Option<int> _batch = Number("--batch", "Sequences a step", 4);
    private readonly Option<int> _tokens = Number("--tokens", "Tokens a sequence", 128);
    private readonly Option<int> _steps = Number("--steps", "Steps counted, after one that is not", 3);
    private readonly Option<string> _device = new("--device") { Description = "cpu, cuda or cuda:N", DefaultValueFactory = _ => "cpu" };
    private readonly Option<bool> _stream = new("--stream") { Description = "Keep the blocks' weights in a file, two blocks of them in memory" };
    private readonly TechniqueOptions _techniques = new();

    /// <summary>Adds the options to a command.</summary>
    public void AddTo(Command command)
    {
        Option[] all = [_shape, _model, _method, _rank, _format, _embedding, _batch, _tokens, _steps, _device, _stream];
        foreach (var option in all)
            command.Add(option);
        _techniques.AddTo(command);
    }

    /// <summary>What was asked for.</summary>
    /// <exception cref="FormatException">A value is none of a technique's.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A number is out of its range.</exception>
    public StepBenchmarkOptions Read(ParseResult parsed) => new()
    {
        Shape = parsed.GetValue(_shape),
        Model = parsed.GetValue(_model),
        Method = parsed.GetValue(_method)!,
        Rank = parsed.GetValue(_rank),
        Format = parsed.GetValue(_format),
        Embedding = parsed.GetValue(_embedding),
        Batch = parsed.GetValue(_batch),
        Tokens = parsed.GetValue(_tokens),
        Steps = parsed.GetValue(_steps),
        Device = parsed.GetValue(_device)!,
        Stream = parsed.GetValue(_stream),
        Training = _techniques.Over(StepBenchmarkOptions.DefaultTraining, parsed),
    };

    private static Option<int> Number(string name, string description, int otherwise) =>
        new(name) { Description = description, DefaultValueFactory = _ => otherwise };
}
