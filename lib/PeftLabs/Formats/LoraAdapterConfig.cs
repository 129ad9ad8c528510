using System.Text.Json.Nodes;

namespace PeftLabs.Formats;

/// <summary>
/// adapter_config.json of a LoRA adapter, as Hugging Face PEFT 0.20 writes it; each property's summary begins with its field. What the
/// kit cannot do is refused by its field's name when a file is read or written; what it does not know is kept as it is.
/// </summary>
public sealed record LoraAdapterConfig
{
    /// <summary>r: the rank of B A where no pattern says otherwise.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is below 1.</exception>
    public int Rank
    {
        get;
        init => field = value > 0 ? value : throw new ArgumentOutOfRangeException(nameof(Rank), value, "Rank must be 1 or more.");
    } = 8;

    /// <summary>lora_alpha: the numerator of the scaling, over the rank or, with <see cref="UseRsLora"/>, over its square root.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is not finite.</exception>
    public double Alpha
    {
        get;
        init => field = double.IsFinite(value) ? value
            : throw new ArgumentOutOfRangeException(nameof(Alpha), value, "Alpha must be a finite number.");
    } = 8;

    /// <summary>lora_dropout: the share of the input's elements that training drops before A.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is not within 0 and 1, 1 excluded.</exception>
    public double Dropout
    {
        get;
        init => field = value is >= 0 and < 1 ? value
            : throw new ArgumentOutOfRangeException(nameof(Dropout), value, "Dropout must be 0 or more and below 1.");
    }

    /// <summary>target_modules: the modules that carry LoRA; null leaves the choice to the model's family.</summary>
    public ModuleSelection? TargetModules { get; init; }

    /// <summary>exclude_modules: modules that carry none even though they are targets.</summary>
    public ModuleSelection? ExcludeModules { get; init; }

    /// <summary>use_rslora: rank-stabilised scaling, alpha / √rank (arXiv 2312.03732).</summary>
    public bool UseRsLora { get; init; }

    /// <summary>rank_pattern: ranks of modules by the ends of their paths, or by regular expressions over these.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A rank is below 1.</exception>
    public IReadOnlyDictionary<string, int> RankPattern
    {
        get;
        init => field = value.Values.All(rank => rank > 0) ? value
            : throw new ArgumentOutOfRangeException(nameof(RankPattern), value.Values.Min(), "Every rank must be 1 or more.");
    } = new Dictionary<string, int>();

    /// <summary>alpha_pattern: alphas of modules, in the same way.</summary>
    public IReadOnlyDictionary<string, double> AlphaPattern { get; init; } = new Dictionary<string, double>();

    /// <summary>bias: which biases are trained too.</summary>
    public AdapterBias Bias { get; init; }

    /// <summary>modules_to_save: modules that are trained whole and kept with the adapter.</summary>
    public IReadOnlyList<string>? ModulesToSave { get; init; }

    /// <summary>layers_to_transform: the layers that carry LoRA; null means all.</summary>
    public IReadOnlyList<int>? LayersToTransform { get; init; }

    /// <summary>layers_pattern: the names of the lists that <see cref="LayersToTransform"/> counts in; null means the usual ones.</summary>
    public IReadOnlyList<string>? LayersPattern { get; init; }

    /// <summary>fan_in_fan_out: the base weights are stored [in, out], as GPT-2's are.</summary>
    public bool FanInFanOut { get; init; }

    /// <summary>init_lora_weights: how the matrices started.</summary>
    public LoraInitialization Initialization { get; init; }

    /// <summary>base_model_name_or_path: the model under the adapter.</summary>
    public string? BaseModel { get; init; }

    /// <summary>revision: the base model's revision on its hub.</summary>
    public string? Revision { get; init; }

    /// <summary>task_type: what the model is for.</summary>
    public string? TaskType { get; init; } = "CAUSAL_LM";

    /// <summary>inference_mode: the adapter is loaded frozen.</summary>
    public bool InferenceMode { get; init; } = true;

    /// <summary>use_dora: weight-decomposed LoRA (arXiv 2402.09353). Refused.</summary>
    public bool UseDora { get; init; }

    /// <summary>lora_bias: B has a bias of its own. Refused.</summary>
    public bool LoraBias { get; init; }

    /// <summary>ensure_weight_tying: adapters on tied weights are tied too. Refused.</summary>
    public bool EnsureWeightTying { get; init; }

    /// <summary>target_parameters: bare parameters, such as those of experts, that carry LoRA. Refused unless empty.</summary>
    public IReadOnlyList<string>? TargetParameters { get; init; }

    /// <summary>
    /// Every other field of the file, under its name there: read, kept and written as it is. In a new record, those that PEFT 0.20
    /// writes, at their defaults. Those that ask for something the kit cannot do are refused.
    /// </summary>
    public IReadOnlyDictionary<string, JsonNode?> Other { get; init; } = LoraAdapterJson.DefaultOther;

    /// <summary>Reads and checks adapter_config.json.</summary>
    /// <exception cref="AdapterFormatException">It is no such file, a field is wrong, or asks for what the kit cannot do.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static LoraAdapterConfig Read(string path) => LoraAdapterJson.Parse(File.ReadAllBytes(path), path);

    /// <summary>The file's text, in the form that PEFT gives it: keys sorted, two spaces of indent, ASCII.</summary>
    /// <exception cref="AdapterFormatException">A property asks for what the kit cannot do.</exception>
    public string ToJson() => LoraAdapterJson.Write(this);
}
