using System.Reflection;
using System.Text.Json.Nodes;
using PeftLabs.Formats;
using PeftLabs.Labs;
using PeftLabs.Models;
using PeftLabs.Quantization;
using PeftLabs.Quantization.Streaming;
using PeftLabs.Training;

namespace PeftLabs.Tests.Labs.Runs;

public class RunSpecTests
{
    /// <summary>Every option another value than its default: one that JSON forgot would show.</summary>
    private static RunSpec Everything => new()
    {
        Name = "all of it",
        Model = new() { Shape = "smollm2-135m", Seed = ulong.MaxValue },
        Data = new()
        {
            Kind = DataKind.RandomTokens,
            Examples = 7,
            Tokens = 33,
            Task = "text-to-sql",
            TaskSeed = 5,
            File = new("train.jsonl") { Hash = "ab" },
            Validation = new("validation.jsonl") { Hash = "cd" },
            ValidationShare = 0.25,
            Template = "chatml",
            MaxTokens = 44,
            Batches = new() { Kind = BatchKind.Packed, Size = 3, Tokens = 66, Truncate = true, Seed = 9, PadId = 2 },
        },
        Lora = new()
        {
            Rank = 5,
            Alpha = 7.5,
            Dropout = 0.05,
            TargetModules = ModuleSelection.Matching("all-linear"),
            ExcludeModules = ModuleSelection.Of("o_proj"),
            UseRsLora = true,
            RankPattern = new Dictionary<string, int> { ["q_proj"] = 3 },
            Bias = AdapterBias.All,
            Initialization = LoraInitialization.Gaussian,
        },
        Loading = new()
        {
            Projections = WeightFormat.Parse("nf4-dq:128"),
            Embedding = WeightFormat.BFloat16,
            Head = WeightFormat.Int8,
            SkipModules = ["down_proj", "model.layers.0"],
            Skipped = WeightFormat.Int8Row,
            Streaming = new(),
        },
        Training = new()
        {
            Steps = 12,
            LearningRate = 3e-4,
            WarmupSteps = 2,
            Schedule = LearningRateSchedule.Linear,
            WeightDecay = 0.01,
            Beta1 = 0.8,
            Beta2 = 0.95,
            Epsilon = 1e-7,
            MaxGradientNorm = double.PositiveInfinity,
            Seed = 18_000_000_000_000_000_000,
            CheckpointEvery = 3,
            KeepCheckpoints = 4,
            Checkpointing = CheckpointPolicy.Budget(100 << 20),
            Offload = ActivationOffload.File,
            SavedActivations = ActivationType.BFloat16,
            Attention = AttentionKind.Plain,
            Arithmetic = ArithmeticType.BFloat16,
            Loss = LossKind.Whole,
            LossChunkBytes = 1 << 20,
            LabelSmoothing = 0.1,
            ZLoss = 1e-4,
            Accumulate = 2,
            Optimizer = OptimizerKind.PagedAdamW8Bit,
            FusedStep = true,
            PagedBudgetBytes = 1 << 16,
            LoraPlusRatio = 4,
            Momentum = 0.5,
            GaLoreRank = 8,
            GaLoreInterval = 10,
            GaLoreScale = 0.5,
        },
        Device = "cuda:1",
        HeldOut = 5,
        ValidateEvery = 4,
        Samples = 3,
    };

    [Fact]
    public void Every_training_option_comes_back_from_json_with_its_value()
    {
        var (before, after) = (Everything.Training, RunSpec.Parse(JsonNode.Parse(Everything.ToJson().ToJsonString()), "here").Training);
        var defaults = new TrainingOptions();
        foreach (var option in typeof(TrainingOptions).GetProperties().Where(p => p.CanWrite))
        {
            Assert.NotEqual(option.GetValue(defaults), option.GetValue(before));
            Assert.Equal(option.GetValue(before), option.GetValue(after));
        }
    }

    [Fact]
    public void A_spec_comes_back_from_json_whole()
    {
        var (json, read) = (Everything.ToJson().ToJsonString(), RunSpec.Parse(JsonNode.Parse(Everything.ToJson().ToJsonString()), "here"));
        Assert.Equal(json, read.ToJson().ToJsonString());
        Assert.Equal(Everything.Data, read.Data);
        Assert.Equal(Everything.Model, read.Model);
        Assert.Equal(Everything.Loading with { SkipModules = [] }, read.Loading with { SkipModules = [] });
        Assert.Equal(Everything.Loading.SkipModules, read.Loading.SkipModules);
        Assert.Equal(Everything.Lora!.ToJson(), read.Lora!.ToJson());
        Assert.Equal(("cuda:1", 5, 4, 3), (read.Device, read.HeldOut, read.ValidateEvery, read.Samples));
    }

    [Fact]
    public void Every_option_of_loading_data_and_model_is_in_the_json_or_belongs_to_the_machine()
    {
        var json = Everything.ToJson();
        foreach (var (type, node) in new[] { (typeof(ModelLoadOptions), json["loading"]), (typeof(BatchOptions), json["data"]!["batches"]),
            (typeof(DataRecipe), json["data"]), (typeof(ModelSource), json["model"]), (typeof(RunSpec), json) })
        {
            var written = type.GetProperties(BindingFlags.Public | BindingFlags.Instance).Where(p => p.CanWrite).Select(p => p.Name);
            string[] left = type == typeof(RunSpec) ? [] : ["Device", "Progress"];
            Assert.Equal(written.Except(left).Select(Snake).Order(), node!.AsObject().Select(f => f.Key).Order());
        }
    }

    [Theory]
    [InlineData("\"nf4-dq:128\"", "\"nf5\"", "nf5")]
    [InlineData("\"budget-104857600\"", "\"sometimes\"", "There is no checkpointing 'sometimes'")]
    [InlineData("\"steps\":12", "\"steps\":0", "Steps is 0; it must be")]
    [InlineData("\"examples\":7", "\"examples\":0", "Examples is 0")]
    [InlineData("\"held_out\":5", "\"held_out\":-5", "HeldOut is -5")]
    [InlineData("\"r\":5", "\"r\":0", "r")]
    [InlineData("\"accumulate\":2", "\"acumulate\":2", "acumulate")]
    [InlineData("\"name\":\"all of it\",", "", "name")]
    public void A_wrong_value_is_refused_with_its_place(string found, string replaced, string message)
    {
        var text = Everything.ToJson().ToJsonString();
        Assert.Contains(found, text);
        var thrown = Assert.Throws<InvalidDataException>(() => RunSpec.Parse(JsonNode.Parse(text.Replace(found, replaced)), "runs/x/run.json"));
        Assert.StartsWith("runs/x/run.json is no spec", thrown.Message);
        Assert.Contains(message, thrown.Message);
    }

    [Fact]
    public void A_model_is_a_folder_or_a_shape()
    {
        Assert.Equal("smollm2-135m", ModelSource.Of("smollm2-135m").Shape);
        Assert.Equal("SmolLM2-135M", new ModelSource { Folder = "/c/models--HuggingFaceTB--SmolLM2-135M/snapshots/93efa2f" }.Name);
        Assert.Contains("`./lab pull no-one/nothing` downloads it", Assert.Throws<PeftLabs.Hub.HubException>(() => ModelSource.Of("no-one/nothing")).Message);
        Assert.Contains("neither a folder nor a shape", Assert.Throws<ArgumentException>(() => ModelSource.Of("nothing-2b")).Message);
        Assert.Contains("neither is given", Assert.Throws<ArgumentException>(() => new ModelSource().Config()).Message);
    }

    [Fact]
    public void A_shape_s_hash_follows_from_shape_and_seed()
    {
        var hashes = new[] { ("smollm2-135m", 1UL), ("smollm2-135m", 2UL), ("llama-1.1b", 1UL) }
            .Select(m => new ModelSource { Shape = m.Item1, Seed = m.Item2 }.Hash()).ToList();
        Assert.Equal(3, hashes.Distinct().Count());
        Assert.Equal(hashes[0], ModelSource.Of("smollm2-135m").Hash());
    }

    private static string Snake(string name) => System.Text.Json.JsonNamingPolicy.SnakeCaseLower.ConvertName(name);
}
