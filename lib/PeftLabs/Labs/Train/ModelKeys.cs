using PeftLabs.Formats;
using PeftLabs.Hub;
using PeftLabs.Models;
using PeftLabs.Quantization;
using PeftLabs.Quantization.Streaming;
using static PeftLabs.Labs.OptionKeys;

namespace PeftLabs.Labs;

/// <summary>The options of the model, how it is stored, and what is trained of it, by name.</summary>
internal static class ModelKeys
{
    private const string Formats = "float32, bfloat16, float16, nf4, nf4-dq, fp4, fp4-dq, int8 or int8-row";

    public static OptionKey<RunSpec>[] Model { get; } =
    [
        Text<RunSpec>("name", "a text", "What figures call the run", s => s.Name.Length > 0 ? s.Name : null, (s, v) => s with { Name = v }),
        Text<RunSpec>("model", "a folder, the name of a model that lab pull has brought, or a shape with random weights", "The model", ModelOf,
            (s, v) => s with { Model = ModelSource.Of(v) }),
        Text<RunSpec>("device", "cpu, cuda or cuda:N", "Where it runs", s => s.Device, (s, v) => s with { Device = Device(v) }),
        Choice<RunSpec, TrainMethod>("method", "What is trained: everything, an adapter, or an adapter on NF4 with double quantization",
            s => MethodOf(s), WithMethod),
        Text<RunSpec>("format", Formats, "How projections are stored", s => s.Loading.Projections.Name,
            (s, v) => s with { Loading = s.Loading with { Projections = WeightFormat.Parse(v) } }),
        Text<RunSpec>("embedding", Formats, "How embedding and head are stored", s => s.Loading.Embedding.Name,
            (s, v) => s with { Loading = s.Loading with { Embedding = WeightFormat.Parse(v), Head = WeightFormat.Parse(v) } }),
        Flag<RunSpec>("stream", "Keep the blocks' weights in a file, two blocks of them in memory", s => s.Loading.Streaming is not null,
            (s, v) => s with { Loading = s.Loading with { Streaming = v ? new WeightStreaming() : null } }),
        Flag<RunSpec>("cap-scores", "Cap attention's scores where config.json names a cap, as transformers' eager attention does and its default does not",
            s => s.Loading.CapScores, (s, v) => s with { Loading = s.Loading with { CapScores = v } }),
    ];

    public static OptionKey<LoraAdapterConfig>[] Lora { get; } =
    [
        Number<LoraAdapterConfig, int>("rank", "The adapters' rank; alpha is twice that unless it is given",
            l => l.Rank, (l, v) => l with { Rank = v, Alpha = 2 * v }),
        Number<LoraAdapterConfig, double>("alpha", "The numerator of the scaling", l => l.Alpha, (l, v) => l with { Alpha = v }),
        Number<LoraAdapterConfig, double>("dropout", "Share of the input's elements that training drops before A",
            l => l.Dropout, (l, v) => l with { Dropout = v }),
        Text<LoraAdapterConfig>("targets", "all-linear, names such as q_proj,v_proj, or a regular expression", "The modules that carry an adapter",
            l => Selected(l.TargetModules), (l, v) => l with { TargetModules = Selection(v) }),
        Text<LoraAdapterConfig>("exclude", "names such as o_proj,down_proj, or a regular expression", "Modules that carry none though they are targets",
            l => Selected(l.ExcludeModules), (l, v) => l with { ExcludeModules = Selection(v) }),
        Flag<LoraAdapterConfig>("rslora", "Scale by the square root of the rank", l => l.UseRsLora, (l, v) => l with { UseRsLora = v }),
        Choice<LoraAdapterConfig, AdapterBias>("bias", "Which biases are trained too", l => l.Bias, (l, v) => l with { Bias = v }),
        Choice<LoraAdapterConfig, LoraInitialization>("init", "How the matrices start",
            l => l.Initialization, (l, v) => l with { Initialization = v }),
    ];

    /// <summary>What of a run's model is trained.</summary>
    public static TrainMethod MethodOf(RunSpec spec) =>
        spec.Lora is null ? TrainMethod.Full : spec.Loading.Projections is BlockFormat4 ? TrainMethod.Qlora : TrainMethod.Lora;

    private static string? ModelOf(RunSpec spec) => spec.Model.Shape
        ?? (spec.Model.Folder is not { } folder ? null
            : ModelLocation.NameOf(folder, withCommit: true) is var name && name.Contains('@') ? name : PortablePath.InRepository(PortablePath.Locate(folder)));

    private static string Device(string name)
    {
        try
        {
            return TorchSharp.torch.device(name).ToString();
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            throw new FormatException(e.Message, e);
        }
    }

    private static RunSpec WithMethod(RunSpec spec, TrainMethod method) => spec with
    {
        Lora = method == TrainMethod.Full ? null : spec.Lora ?? TrainConfig.DefaultLora,
        Loading = method == TrainMethod.Qlora ? ModelLoadOptions.QLora with { Streaming = spec.Loading.Streaming } : new() { Streaming = spec.Loading.Streaming },
    };

    private static string? Selected(ModuleSelection? selection) => selection?.Pattern ?? (selection?.Names is { } names ? string.Join(',', names) : null);

    // Names have nothing in them that a regular expression would be written for.
    private static ModuleSelection Selection(string text) => text == "all-linear" || !text.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '.' or ',' or '-')
        ? ModuleSelection.Matching(text)
        : ModuleSelection.Of(text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries));
}
