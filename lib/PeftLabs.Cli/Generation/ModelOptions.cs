using System.CommandLine;
using PeftLabs.Adapters;
using PeftLabs.Formats;
using PeftLabs.Hub;
using PeftLabs.Labs;
using PeftLabs.Models;
using PeftLabs.Models.Generation;
using PeftLabs.Quantization;
using PeftLabs.Tokenization;
using static TorchSharp.torch;

namespace PeftLabs.Cli.Generation;

/// <summary>The command-line arguments that name a model to continue texts with, and say how it is stored.</summary>
/// <param name="withAdapter">Whether an adapter is among them.</param>
public sealed class ModelOptions(bool withAdapter = true)
{
    private readonly Argument<string> _model = new("model") { Description = $"The model: a folder, a name of the hub that was pulled, or {LabModel.Name}, the kit's own" };
    private readonly Option<string?> _adapter = new("--adapter") { Description = "An adapter: a folder, or a name of the hub that was pulled" };
    private readonly Option<string?> _format = new("--format")
    {
        Description = "How projections are stored: float32, bfloat16, nf4, nf4-dq, fp4, int8, int8-row; as in the files unless said",
    };

    private readonly Option<string?> _embedding = new("--embedding")
    {
        Description = "How embedding and head are stored; in 16 bits with a quantized format, else as in the files",
    };

    private readonly Option<string> _device = new("--device") { Description = "cpu, cuda or cuda:N", DefaultValueFactory = _ => "cpu" };

    /// <summary>Adds the arguments to a command.</summary>
    public void AddTo(Command command)
    {
        command.Add(_model);
        foreach (var option in new Option[] { _adapter, _format, _embedding, _device })
            if (withAdapter || option != _adapter)
                command.Add(option);
    }

    /// <summary>The model's folder.</summary>
    /// <exception cref="HubException">There is no such model on this machine.</exception>
    /// <exception cref="FileNotFoundException">It is the kit's own, and is not there.</exception>
    public string Folder(ParseResult parsed) => LabModel.FolderOf(parsed.GetRequiredValue(_model));

    /// <summary>Loads the model, with its tokenizer and the adapter.</summary>
    /// <exception cref="HubException">There is no such model, or adapter, on this machine.</exception>
    /// <exception cref="FormatException">A format does not exist.</exception>
    /// <exception cref="ModelFormatException">The model's files are missing or broken.</exception>
    /// <exception cref="AdapterFormatException">The adapter's are, or do not fit the model.</exception>
    /// <exception cref="TokenizerFileException">The tokenizer's are.</exception>
    public LoadedModel Load(ParseResult parsed)
    {
        var folder = Folder(parsed);
        var options = Loading(folder, parsed.GetValue(_format), parsed.GetValue(_embedding)) with { Device = device(parsed.GetValue(_device)!) };
        var tokenizer = HuggingFaceTokenizer.Load(folder);
        var model = CausalLM.Load(folder, options);
        try
        {
            return new(model, tokenizer, withAdapter && parsed.GetValue(_adapter) is { } adapter ? LoraAdapter.Load(model, ModelLocation.Find(adapter)) : null);
        }
        catch
        {
            model.Dispose();
            throw;
        }
    }

    private static ModelLoadOptions Loading(string folder, string? format, string? embedding)
    {
        var stored = AsStored(folder);
        var projections = format is null ? stored : WeightFormat.Parse(format);
        var rest = embedding is not null ? WeightFormat.Parse(embedding)
            : projections is DenseFormat && format is not null ? projections
            : projections is not DenseFormat && stored == WeightFormat.Float32 ? WeightFormat.BFloat16
            : stored;
        return new() { Projections = projections, Embedding = rest, Head = rest };
    }

    // The format of the embedding, which no checkpoint quantizes.
    private static WeightFormat AsStored(string folder)
    {
        var name = $"{ModelConfig.Load(folder).Family.Embedding}.weight";
        using var checkpoint = Checkpoint.Open(folder);
        return !checkpoint.Contains(name) ? WeightFormat.Float32 : checkpoint.Info(name).Type switch
        {
            SafeTensorType.BFloat16 => WeightFormat.BFloat16,
            SafeTensorType.Float16 => WeightFormat.Float16,
            _ => WeightFormat.Float32,
        };
    }
}
