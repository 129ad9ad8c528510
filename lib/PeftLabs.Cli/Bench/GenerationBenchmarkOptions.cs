using PeftLabs.Models;
using PeftLabs.Models.Generation;
using PeftLabs.Quantization;

namespace PeftLabs.Cli.Bench;

/// <summary>What <c>lab bench generate</c> measures.</summary>
public sealed record GenerationBenchmarkOptions
{
    /// <summary>A name of <see cref="ModelShapes"/>; null where a model is given.</summary>
    public string? Shape { get; init; }

    /// <summary>A model's folder; null where a shape is given.</summary>
    public string? Model { get; init; }

    /// <summary>How the projections are stored.</summary>
    public string Format { get; init; } = "nf4-dq";

    /// <summary>How embedding and head are stored; null for float32 with float32, and for bfloat16 else.</summary>
    public string? Embedding { get; init; }

    /// <summary>How keys and values are stored.</summary>
    public KeyValueFormat Cache { get; init; }

    /// <summary>Sequences at once.</summary>
    public int Batch { get; init; } = 1;

    /// <summary>Tokens of a prompt.</summary>
    public int Prompt { get; init; } = 32;

    /// <summary>Tokens that follow it, at least 2.</summary>
    public int Tokens { get; init; } = 64;

    /// <summary>The device, for example cpu or cuda:0.</summary>
    public string Device { get; init; } = "cpu";

    /// <summary>How the model is loaded.</summary>
    /// <exception cref="FormatException">A format does not exist.</exception>
    public ModelLoadOptions Loading()
    {
        var projections = WeightFormat.Parse(Format);
        var embedding = Embedding is { } given ? WeightFormat.Parse(given)
            : projections == WeightFormat.Float32 ? WeightFormat.Float32 : WeightFormat.BFloat16;
        return new() { Projections = projections, Embedding = embedding, Head = embedding, Device = TorchSharp.torch.device(Device) };
    }

    /// <summary>Throws where the options do not fit together.</summary>
    /// <exception cref="ArgumentException">They do not.</exception>
    public void Validate()
    {
        if ((Shape is null) == (Model is null))
            throw new ArgumentException("Give either --shape or --model.");
        if (Batch < 1 || Prompt < 1 || Tokens < 2)
            throw new ArgumentException($"--batch is {Batch}, --prompt {Prompt}, --tokens {Tokens}; they must be at least 1, 1 and 2.");
    }
}
