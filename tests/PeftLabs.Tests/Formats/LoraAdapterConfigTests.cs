using System.Text;
using System.Text.Json.Nodes;
using PeftLabs.Formats;

namespace PeftLabs.Tests.Formats;

public class LoraAdapterConfigTests
{
    [Fact]
    public void Fixture_gives_its_values()
    {
        var config = LoraAdapterConfig.Read(Shared.Fixture("adapters", "lora-rank-pattern", "adapter_config.json"));
        Assert.Equal((4, 8, 0, "models/llama"), (config.Rank, config.Alpha, config.Dropout, config.BaseModel));
        Assert.Equal(["gate_proj", "q_proj", "v_proj", "up_proj", "o_proj", "k_proj", "down_proj"], config.TargetModules!.Names!);
        Assert.Equal(6, config.RankPattern["layers.1.mlp.up_proj"]);
        Assert.Equal(3, config.AlphaPattern["q_proj"]);
        Assert.Equal(AdapterBias.LoraOnly, Of("lora-bias-and-head").Bias);
        Assert.True(Of("lora-all-linear-rslora").UseRsLora);
        Assert.True(Of("lora-gpt2").FanInFanOut);

        LoraAdapterConfig Of(string adapter) => LoraAdapterConfig.Read(Shared.Fixture("adapters", adapter, "adapter_config.json"));
    }

    [Fact]
    public void New_record_writes_exactly_the_fields_that_PEFT_writes()
    {
        var peft = JsonNode.Parse(File.ReadAllText(Shared.Fixture("adapters", "lora", "adapter_config.json")))!.AsObject();
        var ours = JsonNode.Parse(new LoraAdapterConfig
        {
            Rank = 8,
            Alpha = 32,
            BaseModel = "models/llama",
            TargetModules = ModuleSelection.Of("v_proj", "q_proj"),
        }.ToJson())!.AsObject();
        peft["peft_version"] = ours["peft_version"]?.DeepClone();
        Assert.True(JsonNode.DeepEquals(peft, ours), ours.ToJsonString());
    }

    [Fact]
    public void Every_property_comes_back_as_written()
    {
        var config = new LoraAdapterConfig
        {
            Rank = 3,
            Alpha = 1e-5,
            Dropout = 0.05,
            TargetModules = ModuleSelection.Matching("all-linear"),
            ExcludeModules = ModuleSelection.Of("lm_head"),
            UseRsLora = true,
            RankPattern = new Dictionary<string, int> { [".*é"] = 2 },
            AlphaPattern = new Dictionary<string, double> { ["x"] = 1.5 },
            Bias = AdapterBias.All,
            ModulesToSave = ["lm_head"],
            LayersToTransform = [0, 3],
            LayersPattern = ["h"],
            FanInFanOut = true,
            Initialization = LoraInitialization.Gaussian,
            BaseModel = "b",
            Revision = "r",
            TaskType = null,
            InferenceMode = false,
        };
        var text = config.ToJson();
        Assert.Contains("\"lora_alpha\": 1e-05,\n", text);
        Assert.Contains("\".*\\u00e9\": 2\n", text);
        var read = Parse(text);
        Assert.Equal(text, read.ToJson());
        Assert.True(read.TargetModules!.IsAllLinear);
        Assert.Equal((3, 1e-5, 0.05, true, AdapterBias.All, LoraInitialization.Gaussian, null, false),
            (read.Rank, read.Alpha, read.Dropout, read.UseRsLora, read.Bias, read.Initialization, read.TaskType, read.InferenceMode));
        Assert.Equal([0, 3], read.LayersToTransform!);
        Assert.Equal(["h"], read.LayersPattern!);
    }

    [Fact]
    public void Single_values_stand_for_lists_of_one_and_unknown_fields_are_kept()
    {
        var config = Parse("""{"peft_type":"LORA","layers_to_transform":2,"layers_pattern":"h","new_thing":{"b":[1,{}],"a":0.50}}""");
        Assert.Equal([2], config.LayersToTransform!);
        Assert.Equal(["h"], config.LayersPattern!);
        Assert.Contains("\"new_thing\": {\n    \"a\": 0.50,\n    \"b\": [\n      1,\n      {}\n    ]\n  }", config.ToJson());
        Assert.DoesNotContain("velora_config", config.ToJson());
    }

    [Theory]
    [InlineData("use_dora", "true")]
    [InlineData("lora_bias", "true")]
    [InlineData("ensure_weight_tying", "true")]
    [InlineData("target_parameters", """["experts.gate_up_proj"]""")]
    [InlineData("trainable_token_indices", "[1]")]
    [InlineData("layer_replication", "[[0,1]]")]
    [InlineData("megatron_config", """{"a":1}""")]
    [InlineData("eva_config", """{"rho":2}""")]
    [InlineData("corda_config", """{"a":1}""")]
    [InlineData("loftq_config", """{"loftq_bits":4}""")]
    [InlineData("use_qalora", "true")]
    [InlineData("init_lora_weights", "\"pissa\"")]
    [InlineData("peft_type", "\"VERA\"")]
    [InlineData("r", "0")]
    [InlineData("r", "8.5")]
    [InlineData("r", "\"8\"")]
    [InlineData("lora_dropout", "1.0")]
    [InlineData("lora_alpha", "true")]
    [InlineData("bias", "\"some\"")]
    [InlineData("use_rslora", "1")]
    [InlineData("target_modules", "[null]")]
    [InlineData("target_modules", "\"\"")]
    [InlineData("target_modules", "{}")]
    [InlineData("rank_pattern", """{"q":0}""")]
    [InlineData("rank_pattern", "[]")]
    [InlineData("layers_to_transform", "[\"a\"]")]
    public void Wrong_or_unsupported_field_is_refused_by_name(string field, string value)
    {
        var fields = new JsonObject { ["peft_type"] = "LORA", [field] = JsonNode.Parse(value) };
        var e = Assert.Throws<AdapterFormatException>(() => Parse(fields.ToJsonString()));
        Assert.Equal(field, e.Field);
        Assert.Contains(value.Trim('"'), e.Message.Replace("\\\"", "\""));
    }

    [Theory]
    [InlineData("dora", "use_dora")]
    [InlineData("vera", "peft_type")]
    [InlineData("prefix-tuning", "peft_type")]
    public void Other_methods_are_refused(string adapter, string field) => Assert.Equal(field,
        Assert.Throws<AdapterFormatException>(() => AdapterFile.Open(Shared.Fixture("adapters", adapter))).Field);

    [Theory]
    [InlineData("[]", "no JSON object")]
    [InlineData("{", "not valid JSON")]
    [InlineData("""{"r":1,"r":2}""", "not valid JSON")]
    [InlineData("{}", "peft_type: it is missing; it must be LORA")]
    public void File_that_is_no_configuration_is_refused(string json, string message) =>
        Assert.Contains(message, Assert.Throws<AdapterFormatException>(() => Parse(json)).Message);

    [Fact]
    public void Wrong_option_is_refused_by_name()
    {
        Assert.Equal("Rank", Assert.Throws<ArgumentOutOfRangeException>(() => new LoraAdapterConfig { Rank = 0 }).ParamName);
        Assert.Equal("Dropout", Assert.Throws<ArgumentOutOfRangeException>(() => new LoraAdapterConfig { Dropout = 1 }).ParamName);
        Assert.Equal("Alpha", Assert.Throws<ArgumentOutOfRangeException>(() => new LoraAdapterConfig { Alpha = double.NaN }).ParamName);
    }

    [Theory]
    [InlineData(32, "32")]
    [InlineData(0.1, "0.1")]
    [InlineData(-2.5, "-2.5")]
    [InlineData(1e-4, "0.0001")]
    [InlineData(1e-5, "1e-05")]
    [InlineData(1.5e-7, "1.5e-07")]
    [InlineData(1234567890123456.5, "1234567890123456.5")]
    [InlineData(1e16, "1e+16")]
    [InlineData(1.25e300, "1.25e+300")]
    public void Numbers_are_written_as_Python_writes_them(double value, string text) =>
        Assert.Contains($"\"lora_alpha\": {text},\n", new LoraAdapterConfig { Alpha = value }.ToJson());

    private static LoraAdapterConfig Parse(string json)
    {
        using var folder = new TemporaryFolder();
        File.WriteAllBytes(folder["adapter_config.json"], Encoding.UTF8.GetBytes(json));
        return LoraAdapterConfig.Read(folder["adapter_config.json"]);
    }
}
