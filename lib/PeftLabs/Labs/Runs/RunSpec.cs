using System.Text.Json;
using System.Text.Json.Nodes;
using PeftLabs.Formats;
using PeftLabs.Models;
using PeftLabs.Training;

namespace PeftLabs.Labs;

/// <summary>
/// All that a run needs to be run again: the same spec gives, on the same machine, the same bits. It is what a record keeps as its options.
/// </summary>
public sealed record RunSpec
{
    private readonly int _heldOut, _samples, _validateEvery;

    /// <summary>What figures call the run.</summary>
    public required string Name { get; init; }

    /// <summary>The model.</summary>
    public required ModelSource Model { get; init; }

    /// <summary>The data.</summary>
    public required DataRecipe Data { get; init; }

    /// <summary>The adapter; null for full fine-tuning.</summary>
    public LoraAdapterConfig? Lora { get; init; }

    /// <summary>How the model is stored; its device is <see cref="Device"/>.</summary>
    public ModelLoadOptions Loading { get; init; } = new();

    /// <summary>How it is trained.</summary>
    public TrainingOptions Training { get; init; } = new();

    /// <summary>Where it runs: cpu, cuda or cuda:N.</summary>
    public string Device { get; init; } = "cpu";

    /// <summary>Held-out examples whose loss is taken before and after training; 0 for none.</summary>
    public int HeldOut
    {
        get => _heldOut;
        init => _heldOut = value >= 0 ? value : throw new ArgumentOutOfRangeException(nameof(HeldOut), value, $"HeldOut is {value}; it must be 0 or above.");
    }

    /// <summary>Steps after which the held-out loss is taken during training too; 0 for never. It changes no bit of what is trained.</summary>
    public int ValidateEvery
    {
        get => _validateEvery;
        init => _validateEvery = value >= 0 ? value
            : throw new ArgumentOutOfRangeException(nameof(ValidateEvery), value, $"ValidateEvery is {value}; it must be 0 or above.");
    }

    /// <summary>Held-out prompts that the model continues before and after training; 0 for none.</summary>
    public int Samples
    {
        get => _samples;
        init => _samples = value >= 0 ? value : throw new ArgumentOutOfRangeException(nameof(Samples), value, $"Samples is {value}; it must be 0 or above.");
    }

    /// <summary>A method of a lab on the model in a folder, as a spec.</summary>
    public static RunSpec Of(LabMethod method, string folder, LabData data, TrainingOptions options) => new()
    {
        Name = method.Name,
        Model = new() { Folder = folder },
        Data = data.Recipe,
        Lora = method.Lora,
        Loading = method.Loading,
        Training = method.Training(options),
        Device = method.Loading.Device.ToString(),
    };

    /// <summary>The same with paths of model and data that are found from any working folder, and name no home.</summary>
    public RunSpec Portable() => this with
    {
        Model = Model with { Folder = Model.Folder is { } folder ? PortablePath.InRepository(PortablePath.Locate(folder)) : null },
        Data = Data with
        {
            File = Data.File?.Portable(),
            Validation = Data.Validation?.Portable(),
            Template = Data.Template is { } template && File.Exists(PortablePath.Locate(template))
                ? PortablePath.InRepository(PortablePath.Locate(template)) : Data.Template,
        },
    };

    /// <summary>The spec as JSON, formats and policies by their names.</summary>
    public JsonObject ToJson() => JsonSerializer.SerializeToNode(this, RunSpecJson.Options)!.AsObject();

    /// <summary>Reads a spec.</summary>
    /// <param name="json">What <see cref="ToJson"/> gave.</param>
    /// <param name="place">Where it stands, for messages.</param>
    /// <exception cref="InvalidDataException">It is no spec, or a value of it is wrong; the message says which.</exception>
    public static RunSpec Parse(JsonNode? json, string place) => RunSpecJson.Parse(json, place);
}
