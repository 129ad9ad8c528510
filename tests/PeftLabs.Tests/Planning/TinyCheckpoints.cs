using System.Text.Json;
using PeftLabs.Formats;
using PeftLabs.Models;
using TorchSharp;
using static TorchSharp.torch;

namespace PeftLabs.Tests.Planning;

/// <summary>Tiny models as checkpoints of several types, whole, in shards, or quantized; made when asked for, in a folder that goes.</summary>
public sealed class TinyCheckpoints : IDisposable
{
    private readonly string _root = Directory.CreateTempSubdirectory("peftlabs-tiny-").FullName;

    /// <summary>The shapes by name: all families, their head tied or its own, one, some or all key heads, with and without biases.</summary>
    public static IReadOnlyDictionary<string, ModelConfig> Shapes { get; } = new Dictionary<string, ModelConfig>
    {
        ["llama"] = Shape("llama"),
        ["llama-tied"] = Shape("llama") with { TiedEmbeddings = true, HeadSize = 16, KeyValueHeads = 4, IntermediateSize = 192 },
        ["llama-biased"] = Shape("llama") with { QueryKeyValueBias = true, OutputBias = true, FeedForwardBias = true },
        ["qwen2"] = Shape("qwen2") with { QueryKeyValueBias = true },
        ["qwen2-tied"] = Shape("qwen2") with { QueryKeyValueBias = true, TiedEmbeddings = true, KeyValueHeads = 1, Layers = 5 },
        ["qwen3"] = Shape("qwen3"),
        ["mistral"] = Shape("mistral") with { Window = 21 },
        ["phi3"] = Shape("phi3"),
        ["gemma2"] = Gemma,
        ["gemma2-capped"] = Gemma with { HeadSize = 16, WindowedLayers = [1, 3] },
        ["gpt_neox"] = Biased("gpt_neox") with { IsParallel = true, Rotary = new() { Fraction = 0.3 } },
        ["gpt2"] = Biased("gpt2") with { TiedEmbeddings = true, Rotary = new() { Fraction = 0 }, MaxPositions = 600 },
    };

    /// <summary>The folder of a shape: in a type ("bfloat16"), in shards ("bfloat16-shards"), or in 4 bits ("nf4").</summary>
    public string Folder(string shape, string type)
    {
        var folder = Path.Combine(_root, $"{shape}-{type}");
        if (!Directory.Exists(folder))
            Make(Shapes[shape], type, folder);
        return folder;
    }

    /// <inheritdoc/>
    public void Dispose() => Directory.Delete(_root, recursive: true);

    private static void Make(ModelConfig config, string type, string folder)
    {
        using var model = CausalLM.Random(config, 1, type == "nf4" ? ModelLoadOptions.QLora : null);
        model.Save(folder);
        if (type is "nf4" or "float32")
            return;
        var tensors = Tensors(folder);
        File.Delete(Path.Combine(folder, "model.safetensors"));
        var scalar = Enum.Parse<ScalarType>(type.Split('-')[0], ignoreCase: true);
        var shards = tensors.Chunk(type.EndsWith("shards", StringComparison.Ordinal) ? (tensors.Count + 2) / 3 : tensors.Count).ToList();
        var map = new Dictionary<string, string>();
        foreach (var (index, shard) in shards.Index())
        {
            var file = shards.Count == 1 ? "model.safetensors" : $"model-{index + 1:00000}-of-{shards.Count:00000}.safetensors";
            using var writer = new SafeTensorsWriter(
                Path.Combine(folder, file), shard.Select(p => new SafeTensorSpec(p.Name, scalar.ToSafeTensorType(), p.Tensor.shape)));
            foreach (var (name, tensor) in shard)
            {
                writer.Write(name, tensor);
                map.Add(name, file);
                tensor.Dispose();
            }
            writer.Commit();
        }
        if (shards.Count > 1)
            File.WriteAllText(Path.Combine(folder, "model.safetensors.index.json"),
                JsonSerializer.Serialize(new Dictionary<string, object> { ["weight_map"] = map }));
    }

    private static ModelConfig Gemma => Shape("gemma2") with
    {
        TiedEmbeddings = true,
        Window = 30,
        WindowedLayers = [0, 2],
        Activation = Activation.GeluTanh,
        LogitSoftCap = 30,
        AttentionSoftCap = 50,
    };

    private static List<(string Name, Tensor Tensor)> Tensors(string folder)
    {
        using var saved = Checkpoint.Open(folder);
        return [.. saved.Names.Select(name => (name, saved.Read(name)))];
    }

    private static ModelConfig Biased(string family) => Shape(family) with
    {
        QueryKeyValueBias = true,
        OutputBias = true,
        FeedForwardBias = true,
        Activation = Activation.Gelu,
        KeyValueHeads = 4,
        HeadSize = 16,
    };

    private static ModelConfig Shape(string family) => new()
    {
        Family = ModelFamily.All.Single(f => f.ModelType == family),
        Layers = 4,
        HiddenSize = 64,
        Heads = 4,
        KeyValueHeads = 2,
        HeadSize = 20,
        IntermediateSize = 144,
        VocabularySize = 500,
    };
}
