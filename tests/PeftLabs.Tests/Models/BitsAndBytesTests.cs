using System.Text;
using System.Text.Json.Nodes;
using PeftLabs.Formats;
using PeftLabs.Models;
using PeftLabs.Quantization;
using PeftLabs.Tests.Formats;
using PeftLabs.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace PeftLabs.Tests.Models;

[Collection("Memory")]
public class BitsAndBytesTests
{
    private const string Up = "model.layers.1.mlp.up_proj.weight";

    private static string Folder => Shared.Fixture("models", "llama-bnb-4bit");

    [Fact]
    public void Logits_and_loss_are_those_of_transformers()
    {
        using var scope = NewDisposeScope();
        using var model = CausalLM.Load(Folder);
        using var expected = Checkpoint.Open(Path.Combine(Folder, "expected.safetensors"));
        Assert.All(model.Blocks.SelectMany(b => b.Projections), p => Assert.Equal(WeightFormat.NF4Double, p.Weight.Format));
        using var _ = no_grad();
        Tolerance.Near(expected.Read("logits"), model.forward(expected.Read("input_ids")), 1e-4, "logits");
        using var batch = new TrainingBatch(expected.Read("input_ids"), expected.Read("labels"));
        var golden = (double)JsonNode.Parse(File.ReadAllText(Path.Combine(Folder, "expected.json")))!["loss"]!;
        Assert.Equal(golden, CausalLoss.Compute(model, batch).item<float>(), 1e-4 * golden);
    }

    [Fact]
    public void Saved_again_the_files_are_the_same_to_the_byte()
    {
        using var folder = new TemporaryFolder();
        using (var model = CausalLM.Load(Folder))
            model.Save(folder.Path);
        foreach (var file in new[] { "config.json", "model.safetensors" })
            Assert.True(File.ReadAllBytes(Path.Combine(Folder, file)).AsSpan().SequenceEqual(File.ReadAllBytes(folder[file])), file);
        Assert.Equal(2, Directory.GetFiles(folder.Path).Length);
    }

    [Fact]
    public void Quantized_here_the_weights_are_those_that_bitsandbytes_made()
    {
        using var scope = NewDisposeScope();
        using var theirs = CausalLM.Load(Folder);
        using var ours = CausalLM.Load(Shared.Fixture("models", "llama"), new ModelLoadOptions { Projections = WeightFormat.NF4Double });
        foreach (var projection in theirs.Blocks.SelectMany(b => b.Projections))
            foreach (var (golden, found) in projection.Weight.Tensors.Zip(ours.Projections[projection.Path].Weight.Tensors))
                Assert.True(golden.Tensor.bytes.SequenceEqual(found.Tensor.bytes), $"{projection.Path} {golden.Role}");
    }

    [Theory]
    [InlineData("llama", "nf4-dq", "float32")]
    [InlineData("llama", "fp4:128", "bfloat16")]
    [InlineData("llama", "nf4", "nf4")]
    [InlineData("qwen2", "nf4-dq:256", "bfloat16")]
    [InlineData("llama-tied-rope-scaled", "nf4-dq", "bfloat16")]
    [InlineData("llama-tied-rope-scaled", "bfloat16", "bfloat16")]
    [InlineData("qwen2", "float32", "float32")]
    [InlineData("llama", "int8", "int8-row")]
    public void Saved_and_loaded_a_model_gives_the_same_logits(string name, string projections, string head)
    {
        using var scope = NewDisposeScope();
        using var _ = no_grad();
        using var folder = new TemporaryFolder();
        var (format, headFormat) = (WeightFormat.Parse(projections), WeightFormat.Parse(head));
        using var model = CausalLM.Load(Shared.Fixture("models", name),
            new ModelLoadOptions { Projections = format, Embedding = headFormat, Head = headFormat, SkipModules = ["o_proj"] });
        model.Save(folder.Path);
        var dense = format is DenseFormat ? format : WeightFormat.Float32;
        var denseHead = headFormat is DenseFormat ? headFormat : WeightFormat.Float32;
        using var again = CausalLM.Load(folder.Path,
            new ModelLoadOptions { Projections = dense, Embedding = denseHead, Head = denseHead, SkipModules = ["o_proj"] });
        foreach (var block in again.Blocks)
            Assert.Equal(format is BlockFormat4 ? format : dense, block.Attention.Query.Weight.Format);
        using var expected = Checkpoint.Open(Shared.Fixture("models", name, "expected.safetensors"));
        var ids = expected.Read("input_ids");
        Tolerance.Near(model.forward(ids), again.forward(ids), 1e-6, "logits");
    }

    [Fact]
    public void A_model_made_in_code_is_saved_with_its_config()
    {
        using var folder = new TemporaryFolder();
        var config = TestModels.Config with
        {
            TiedEmbeddings = true,
            EndTokens = [2, 3],
            BeginToken = 1,
            NormEpsilon = 1e-5,
            Rotary = new RotaryConfig { Theta = 500000, Scaling = new Llama3RotaryScaling(32, 1, 4, 8192) },
        };
        using (var model = CausalLM.Random(config, 1, ModelLoadOptions.QLora))
            model.Save(folder.Path);
        var read = ModelConfig.Load(folder.Path);
        Assert.True(read.IsBitsAndBytes4Bit);
        Assert.Equal(config.EndTokens, read.EndTokens);
        Assert.Equal(config with { EndTokens = [] }, read with { EndTokens = [], Source = null, IsBitsAndBytes4Bit = false });
    }

    public static TheoryData<string, string> Faults => new()
    {
        { "without state", $"'{Up}{BitsAndBytesWeight.State}nf4'" },
        { "without absmax", $"'{Up}.absmax'" },
        { "without nested_absmax", $"'{Up}.nested_absmax'" },
        { "without quant_map", $"'{Up}.quant_map'" },
        { "short absmax", $"'{Up}.absmax' is U8 [127]" },
        { "short codes", $"'{Up}' is U8 [4095, 1]" },
        { "extra", $"{Up}.zero_point" },
        { "other levels", $"'{Up}.quant_map' holds other levels" },
        { "state is no JSON", "cannot be read" },
        { "state of another shape", "[128, 65]" },
        { "state of another block size", "blocksize 100" },
        { "state of another type", "'fp4'" },
        { "plain config", "no quantization_config" },
    };

    [Theory, MemberData(nameof(Faults))]
    public void A_fault_is_named_and_nothing_stays_loaded(string fault, string message)
    {
        using var folder = new TemporaryFolder();
        Spoil(folder, fault);
        var before = DisposeScopeManager.Statistics.ThreadTotalLiveCount;
        Assert.Contains(message, Assert.Throws<ModelFormatException>(() => CausalLM.Load(folder.Path)).Message);
        Assert.Equal(before, DisposeScopeManager.Statistics.ThreadTotalLiveCount);
    }

    [Theory]
    [InlineData("gptq", "uint8", true, "'gptq'")]
    [InlineData("bitsandbytes", "uint8", false, "8 bits")]
    [InlineData("bitsandbytes", "bfloat16", true, "'bfloat16'")]
    public void Another_quantization_is_refused_by_its_name(string method, string storage, bool fourBits, string message)
    {
        using var folder = new TemporaryFolder();
        Change(folder, quantization => (quantization["quant_method"], quantization["bnb_4bit_quant_storage"], quantization["load_in_4bit"]) =
            (method, storage, fourBits));
        Assert.Contains(message, Assert.Throws<ModelFormatException>(() => ModelConfig.Load(folder.Path)).Message);
    }

    private static void Change(TemporaryFolder folder, Action<JsonObject> change, bool keep = true)
    {
        var config = JsonNode.Parse(File.ReadAllText(Path.Combine(Folder, "config.json")))!.AsObject();
        change(config["quantization_config"]!.AsObject());
        if (!keep)
            config.Remove("quantization_config");
        File.WriteAllText(folder["config.json"], config.ToJsonString());
    }

    private static void Spoil(TemporaryFolder folder, string fault)
    {
        using var scope = NewDisposeScope();
        using var source = Checkpoint.Open(Folder);
        var tensors = source.Names.ToDictionary(n => n, n => source.Read(n));
        var state = $"{Up}{BitsAndBytesWeight.State}nf4";
        var json = Encoding.UTF8.GetString(tensors[state].bytes);
        void State(string text) => tensors[state] = tensor(Encoding.UTF8.GetBytes(text));
        Action change = fault switch
        {
            "without state" => () => tensors.Remove(state),
            "without absmax" or "without nested_absmax" or "without quant_map" => () => tensors.Remove($"{Up}.{fault["without ".Length..]}"),
            "short absmax" => () => tensors[$"{Up}.absmax"] = tensors[$"{Up}.absmax"].narrow(0, 0, 127),
            "short codes" => () => tensors[Up] = tensors[Up].narrow(0, 0, 4095),
            "extra" => () => tensors[$"{Up}.zero_point"] = zeros(1),
            "other levels" => () => tensors[$"{Up}.quant_map"] = tensors[$"{Up}.quant_map"].neg(),
            "state is no JSON" => () => State(json[..^1]),
            "state of another shape" => () => State(json.Replace("[128, 64]", "[128, 65]")),
            "state of another block size" => () => State(json.Replace("\"blocksize\": 64", "\"blocksize\": 100")),
            "state of another type" => () => State(json.Replace("\"nf4\"", "\"fp4\"")),
            _ => () => { }
            ,
        };
        change();
        SafeTensors.Save(folder["model.safetensors"], tensors.Select(t => (t.Key, t.Value)));
        Change(folder, _ => { }, keep: fault != "plain config");
    }
}
