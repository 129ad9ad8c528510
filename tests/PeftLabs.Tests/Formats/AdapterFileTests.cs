using PeftLabs.Formats;
using TorchSharp;
using static TorchSharp.torch;

namespace PeftLabs.Tests.Formats;

public class AdapterFileTests
{
    private const string Config = "adapter_config.json";
    private const string Weights = "adapter_model.safetensors";

    public static TheoryData<string> LoraFixtures =>
        [.. from adapter in new[] { "lora", "lora-all-linear-rslora", "lora-bias-and-head", "lora-gpt2", "lora-rank-pattern" }
            from folder in new[] { adapter, adapter + "/trained" }
            select folder];

    [Theory]
    [MemberData(nameof(LoraFixtures))]
    public void Adapter_read_and_written_again_gives_the_same_bytes(string adapter)
    {
        using var scope = NewDisposeScope();
        using var folder = new TemporaryFolder();
        var path = Shared.Fixture(["adapters", .. adapter.Split('/')]);
        using var file = AdapterFile.Open(path);
        AdapterFile.Save(folder["new"], file.Config, file.Tensors.Keys.Select(name => (name, file.Read(name))));
        foreach (var name in new[] { Config, Weights })
            Assert.Equal(File.ReadAllBytes(Path.Combine(path, name)), File.ReadAllBytes(Path.Combine(folder["new"], name)));
        Assert.Equal(2, Directory.GetFileSystemEntries(folder["new"]).Length);
    }

    [Fact]
    public void Tensors_are_named_by_module_and_part()
    {
        using var file = AdapterFile.Open(Shared.Fixture("adapters", "lora-bias-and-head"));
        Assert.Equal(["model.layers.0.self_attn.q_proj", "model.layers.0.self_attn.v_proj",
            "model.layers.1.self_attn.q_proj", "model.layers.1.self_attn.v_proj"], file.Modules);
        Assert.Equal([4, 64], file.Tensors[new("model.layers.0.self_attn.q_proj", AdapterPart.LoraA)].Shape);
        Assert.Equal([32], file.Tensors[new("model.layers.1.self_attn.v_proj", AdapterPart.Bias)].Shape);
        Assert.Equal(12, file.Tensors.Count);
        var e = Assert.Throws<AdapterFormatException>(() => file.Read(new("model.layers.0.mlp.up_proj", AdapterPart.LoraA)));
        Assert.Equal("base_model.model.model.layers.0.mlp.up_proj.lora_A.weight", e.Field);
    }

    [Theory]
    [InlineData("base_model.model.a.lora_A.weight", "a", AdapterPart.LoraA, true)]
    [InlineData("base_model.model.a.b.lora_B.weight", "a.b", AdapterPart.LoraB, true)]
    [InlineData("base_model.model.emb.lora_embedding_A", "emb", AdapterPart.LoraEmbeddingA, true)]
    [InlineData("base_model.model.emb.lora_embedding_B", "emb", AdapterPart.LoraEmbeddingB, true)]
    [InlineData("base_model.model.emb.base_layer.weight", "emb", AdapterPart.Weight, true)]
    [InlineData("base_model.model.a.base_layer.bias", "a", AdapterPart.Bias, true)]
    [InlineData("base_model.model.norm.bias", "norm", AdapterPart.Bias, false)]
    [InlineData("base_model.model.lm_head.weight", "lm_head", AdapterPart.Weight, false)]
    public void Name_of_PEFT_is_read_and_written(string name, string module, AdapterPart part, bool hasLora)
    {
        Assert.Equal(new(module, part), AdapterTensorName.Parse(name));
        Assert.Equal(name, new AdapterTensorName(module, part).ToFile(hasLora));
    }

    [Theory]
    [InlineData("base_model.model.lora_A.weight")]
    [InlineData("base_model.model.a.lora_B.bias")]
    [InlineData("base_model.model.a.lora_magnitude_vector")]
    [InlineData("model.a.lora_A.weight")]
    [InlineData("base_model.model.a.vera_lambda_b")]
    public void Name_that_is_no_part_of_LoRA_is_not_read(string name) => Assert.Null(AdapterTensorName.Parse(name));

    [Fact]
    public void Unpaired_misshapen_and_unknown_tensors_are_refused_by_name()
    {
        using var scope = NewDisposeScope();
        Assert.Contains("LoraB of a is missing", Refused(("base_model.model.a.lora_A.weight", ones(2, 4))));
        Assert.Contains("[2, 4] and that of its B [4, 3]",
            Refused(("base_model.model.a.lora_A.weight", ones(2, 4)), ("base_model.model.a.lora_B.weight", ones(4, 3))));
        Assert.Contains("base_model.model.a.hada_w1_a: it is no part", Refused(("base_model.model.a.hada_w1_a", ones(2))));
        Assert.Contains("twice", Refused(("base_model.model.a.bias", ones(2)), ("base_model.model.a.base_layer.bias", ones(2))));

        string Refused(params (string, Tensor)[] tensors)
        {
            using var folder = new TemporaryFolder();
            File.WriteAllText(folder[Config], new LoraAdapterConfig().ToJson());
            SafeTensors.Save(folder[Weights], tensors);
            var e = Assert.Throws<AdapterFormatException>(() => AdapterFile.Open(folder.Path));
            Assert.Equal(folder[Weights], e.File);
            return e.Message;
        }
    }

    [Fact]
    public void Missing_files_and_pickles_are_refused()
    {
        using var folder = new TemporaryFolder();
        Assert.Contains("no such folder", Assert.Throws<AdapterFormatException>(() => AdapterFile.Open(folder["none"])).Message);
        Assert.Contains("it has nothing", Assert.Throws<AdapterFormatException>(() => AdapterFile.Open(folder.Path)).Message);
        File.WriteAllText(folder[Config], new LoraAdapterConfig().ToJson());
        Assert.Contains($"has no {Weights}", Assert.Throws<AdapterFormatException>(() => AdapterFile.Open(folder.Path)).Message);
        File.WriteAllText(folder["adapter_model.bin"], "");
        Assert.Contains("can run any code", Assert.Throws<AdapterFormatException>(() => AdapterFile.Open(folder.Path)).Message);
    }

    [Fact]
    public void Save_that_fails_leaves_the_old_adapter_and_no_new_folder()
    {
        using var scope = NewDisposeScope();
        using var folder = new TemporaryFolder();
        AdapterTensorName a = new("a", AdapterPart.Weight);
        AdapterFile.Save(folder["old"], new(), [(a, ones(2))]);
        var before = File.ReadAllBytes(Path.Combine(folder["old"], Weights));
        File.WriteAllText(Path.Combine(folder["old"], "README.md"), "kept");
        foreach (var target in new[] { folder["old"], folder["new"] })
        {
            Assert.Throws<SafeTensorsException>(() => AdapterFile.Save(target, new(), [(a, zeros(2)), (a, zeros(2))]));
            Assert.Throws<AdapterFormatException>(() => AdapterFile.Save(target, new() { UseDora = true }, [(a, zeros(2))]));
        }
        Assert.Equal([folder["old"]], Directory.GetFileSystemEntries(folder.Path));
        Assert.Equal(3, Directory.GetFileSystemEntries(folder["old"]).Length);
        Assert.Equal(before, File.ReadAllBytes(Path.Combine(folder["old"], Weights)));
        AdapterFile.Save(folder["old"], new() { Rank = 3 }, [(a, zeros(2))]);
        using var file = AdapterFile.Open(folder["old"]);
        Assert.Equal(3, file.Config.Rank);
        Assert.Equal([0, 0], file.Read(a).data<float>().ToArray());
        Assert.Equal("kept", File.ReadAllText(Path.Combine(folder["old"], "README.md")));
    }
}
