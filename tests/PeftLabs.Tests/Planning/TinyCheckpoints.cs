using PeftLabs.Formats;
using PeftLabs.Models;
using TorchSharp;
using static TorchSharp.torch;

namespace PeftLabs.Tests.Planning;

/// <summary>Tiny models of several families as checkpoints of several types, in one file or in shards; made once, in a folder that goes.</summary>
public sealed class TinyCheckpoints : IDisposable
{
    private readonly string _root = Directory.CreateTempSubdirectory("peftlabs-tiny-").FullName;
    private readonly HashSet<string> _made = [];

    /// <summary>The shapes by name: two families, their head tied or its own, with and without biases.</summary>
    public static IReadOnlyDictionary<string, ModelConfig> Shapes { get; } = new Dictionary<string, ModelConfig>
    {
        ["llama"] = Shape("llama"),
        ["llama-tied"] = Shape("llama") with { TiedEmbeddings = true, HeadSize = 16, KeyValueHeads = 4, IntermediateSize = 288 },
        ["llama-biased"] = Shape("llama") with { QueryKeyValueBias = true, OutputBias = true, FeedForwardBias = true },
        ["qwen2"] = Shape("qwen2") with { QueryKeyValueBias = true },
        ["qwen2-tied"] = Shape("qwen2") with { QueryKeyValueBias = true, TiedEmbeddings = true, KeyValueHeads = 1, Layers = 5 },
    };

    /// <summary>The folder of a shape in a type: "float32", or "bfloat16-shards".</summary>
    public string Folder(string shape, string type)
    {
        var folder = Path.Combine(_root, $"{shape}-{type}");
        if (_made.Add(folder))
            Make(Shapes[shape], type, folder);
        return folder;
    }

    /// <inheritdoc/>
    public void Dispose() => Directory.Delete(_root, recursive: true);

    private static void Make(ModelConfig config, string type, string folder)
    {
        Directory.CreateDirectory(folder);
        var scalar = Enum.Parse<ScalarType>(type.Split('-')[0], ignoreCase: true);
        using var model = CausalLM.Random(config, 1);
        model.Save(folder);
        var parameters = model.named_parameters().ToList();
        File.Delete(Path.Combine(folder, "model.safetensors"));
        var shards = type.EndsWith("shards", StringComparison.Ordinal) ? 3 : 1;
        var map = new Dictionary<string, string>();
        for (var shard = 0; shard < shards; shard++)
        {
            var name = shards == 1 ? "model.safetensors" : $"model-{shard + 1:00000}-of-{shards:00000}.safetensors";
            var own = parameters.Where((_, i) => i * shards / parameters.Count == shard).ToList();
            using var writer = new SafeTensorsWriter(Path.Combine(folder, name), own.Select(p => new SafeTensorSpec(p.Item1, scalar.ToSafeTensorType(), p.Item2.shape)));
            foreach (var (path, parameter) in own)
            {
                writer.Write(path, parameter);
                map.Add(path, name);
            }
            writer.Commit();
        }
        if (shards > 1)
            File.WriteAllText(Path.Combine(folder, "model.safetensors.index.json"),
                System.Text.Json.JsonSerializer.Serialize(new Dictionary<string, object> { ["weight_map"] = map }));
    }

    private static ModelConfig Shape(string family) => new()
    {
        Family = ModelFamily.All.Single(f => f.ModelType == family),
        Layers = 4,
        HiddenSize = 96,
        Heads = 4,
        KeyValueHeads = 2,
        HeadSize = 24,
        IntermediateSize = 224,
        VocabularySize = 600,
    };
}
