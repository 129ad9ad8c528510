using PeftLabs.Adapters;
using PeftLabs.Formats;
using PeftLabs.Memory;
using PeftLabs.Models;
using PeftLabs.Models.Streaming;
using PeftLabs.Planning;
using PeftLabs.Quantization;
using PeftLabs.Quantization.Streaming;
using PeftLabs.Tests.Formats;
using PeftLabs.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace PeftLabs.Tests.Models.Streaming;

[Collection("Memory")]
public class StreamedModelTests
{
    private static readonly ModelConfig s_config = TestModels.Config with { Layers = 5 };

    private static readonly LoraAdapterConfig s_lora = new() { Rank = 2, TargetModules = ModuleSelection.Matching("all-linear") };

    public static TheoryData<string> Formats => ["nf4", "nf4-dq", "bfloat16", "int8", "int8-row", "float32"];

    [Theory, MemberData(nameof(Formats))]
    public void Logits_loss_and_gradients_are_those_of_the_model_in_memory_to_the_bit(string name)
    {
        var loading = Loading(name);
        var (held, streamed) = (Outcome(loading), Outcome(loading with { Streaming = new() }));
        Assert.Equal(held.Keys, streamed.Keys);
        foreach (var (key, bytes) in held)
            Assert.True(bytes.AsSpan().SequenceEqual(streamed[key]), key);
        Assert.Contains(held, pair => pair.Key.EndsWith("lora_A.weight", StringComparison.Ordinal) && pair.Value.Any(b => b != 0));
    }

    [Theory]
    [InlineData("blocks")]
    [InlineData("every-2")]
    [InlineData("attention")]
    public void Blocks_that_are_computed_again_are_streamed_again(string policy)
    {
        var (loading, execution) = (Loading("nf4-dq"), new ModelExecution { Checkpointing = CheckpointPolicy.Parse(policy) });
        var (held, streamed) = (Outcome(loading, execution), Outcome(loading with { Streaming = new() }, execution));
        foreach (var (key, bytes) in held)
            Assert.True(bytes.AsSpan().SequenceEqual(streamed[key]), key);
    }

    [Fact]
    public void A_plan_predicts_to_the_byte_what_streaming_takes_off_at_the_end_of_every_stage()
    {
        var (held, streamed) = (Loading("nf4-dq"), Loading("nf4-dq") with { Streaming = new() });
        var (measuredHeld, measuredStreamed) = (Stages(held), Stages(streamed));
        var (predictedHeld, predictedStreamed) = (Plan(held), Plan(streamed));
        Assert.Equal(4, predictedHeld.Count);
        foreach (var (stage, bytes) in predictedHeld)
        {
            Assert.Equal(measuredHeld[stage] - measuredStreamed[stage], bytes - predictedStreamed[stage]);
            Assert.True(bytes > predictedStreamed[stage]);
        }

        static Dictionary<MemoryStage, long> Plan(ModelLoadOptions loading) =>
            new TrainingPlan(s_config, 2, 7, 12, s_lora) { Loading = loading }.Predict().ToDictionary(p => p.Stage, p => p.EndBytes);
    }

    [Fact]
    public void Training_keeps_two_blocks_in_memory_and_leaks_nothing()
    {
        using var meter = MemoryMeter.Start();
        var loading = Loading("nf4-dq") with
        {
            Streaming = new(),
            SkipModules = ["model.layers.2", "down_proj"],
            Skipped = WeightFormat.Int8,
        };
        var load = meter.Stage(MemoryStage.Load);
        using var model = CausalLM.Random(s_config, 1, loading);
        load.Dispose();
        var loaded = meter.CurrentBytes;
        using var adapter = LoraAdapter.Attach(model, new LoraAdapterConfig { Rank = 2 });
        using var trainer = new Trainer(model, adapter.NamedParameters, new TrainingOptions { Steps = 30 }, meter);
        List<(long, long)> ends = [];
        trainer.Run(Batches(), _ => ends.Add((meter.CurrentBytes, DisposeScopeManager.Statistics.ThreadTotalLiveCount)),
            TestContext.Current.CancellationToken);
        Assert.Equal(ends[1], ends[^1]);
        Assert.Equal(0, meter.UnseenFrees);
        var blocks = StreamedBlocks.ResidentBytes(s_config, loading);
        Assert.Equal(WeightStream.ResidentBytes(StreamOf(model).GroupBytes), blocks);
        foreach (var stage in meter.Report().Stages.Where(s => s.Stage != MemoryStage.Load))
            Assert.InRange(stage.PeakCategories[MemoryCategory.Weights], loaded, loaded + blocks);
    }

    [Fact]
    public void What_is_in_memory_after_a_step_is_two_blocks_more_than_after_loading()
    {
        using var meter = MemoryMeter.Start();
        var loading = Loading("int8") with { Streaming = new() };
        using var model = CausalLM.Random(s_config, 1, loading);
        var loaded = meter.CurrentBytes;
        using (var logits = Run(model))
            Assert.Equal(StreamedBlocks.ResidentBytes(s_config, loading) + 4 * logits.numel(), meter.CurrentBytes - loaded);
        var whole = model.Projections.Values.Where(p => p != model.Head).Sum(p => p.Weight.Bytes);
        Assert.Equal(whole, StreamOf(model).GroupBytes.Sum());
        Assert.Equal(2 * whole / 5, StreamedBlocks.ResidentBytes(s_config, loading));
    }

    [Theory, MemberData(nameof(Formats))]
    public void Loading_holds_no_more_than_a_matrix_and_the_encoder_at_a_time(string name)
    {
        using var meter = MemoryMeter.Start();
        var loading = Loading(name) with { Streaming = new() };
        using var model = CausalLM.Random(s_config, 1, loading);
        var matrix = model.Projections.Values.Max(p => p.Weight.Bytes);
        var rows = sizeof(float) * s_config.IntermediateSize * s_config.HiddenSize;
        Assert.InRange(meter.PeakBytes, meter.CurrentBytes, meter.CurrentBytes + 2 * matrix + rows);
    }

    [Fact]
    public void Generation_with_a_cache_says_the_same()
    {
        using var held = CausalLM.Random(s_config, 1, Loading("nf4"));
        using var streamed = CausalLM.Random(s_config, 1, Loading("nf4") with { Streaming = new() });
        Assert.Equal(TextGeneration.Greedy(held, [1, 2, 3], 12), TextGeneration.Greedy(streamed, [1, 2, 3], 12));
        Assert.InRange(StreamOf(streamed).Loads, 5 * 11, 5 * 12 + 4); // every token reads all blocks
    }

    [Fact]
    public void A_4_bit_checkpoint_is_streamed_with_its_own_codes_and_saved_with_them()
    {
        var folder = Shared.Fixture("models", "llama-bnb-4bit");
        using var kept = new TemporaryFolder();
        using (var held = CausalLM.Load(folder))
        using (var streamed = CausalLM.Load(folder, new ModelLoadOptions { Streaming = new() { Folder = kept.Path } }))
        using (var again = CausalLM.Load(folder, new ModelLoadOptions { Streaming = new() { Folder = kept.Path } }))
        {
            using var scope = NewDisposeScope();
            var expected = Run(held).bytes.ToArray();
            Assert.True(Run(streamed).bytes.SequenceEqual(expected));
            Assert.True(Run(again).bytes.SequenceEqual(expected));
            using var one = new TemporaryFolder();
            using var other = new TemporaryFolder();
            held.Save(one.Path);
            streamed.Save(other.Path);
            foreach (var file in one.Files)
                Assert.Equal(File.ReadAllBytes(one[file]), File.ReadAllBytes(other[file]));
        }
        Assert.Equal([WeightStreaming.FileName], kept.Files);
    }

    [Fact]
    public void Streamed_weights_are_frozen_but_can_be_converted()
    {
        using var model = CausalLM.Random(s_config, 1, new ModelLoadOptions { Streaming = new() });
        Assert.Contains("is streamed", Assert.Throws<InvalidOperationException>(() => model.SetTrainable(true)).Message);
        using var adapter = LoraAdapter.Attach(model, new LoraAdapterConfig { Rank = 2 });
        var refused = Assert.Throws<InvalidOperationException>(adapter.Merge).Message;
        Assert.Contains("'model.layers.0.self_attn.q_proj.weight' is streamed from ", refused);
        var projection = model.Projections["model.layers.0.self_attn.q_proj"];
        using var before = projection.Weight.Decode(0, projection.OutFeatures);
        projection.Convert(WeightFormat.Float32);
        using var after = projection.Weight.Decode(0, projection.OutFeatures);
        Assert.IsType<DenseWeight>(projection.Weight);
        Assert.True(before.bytes.SequenceEqual(after.bytes));
        Run(model).Dispose();
    }

    private static ModelLoadOptions Loading(string name) => new() { Projections = WeightFormat.Parse(name) };

    private static Dictionary<MemoryStage, long> Stages(ModelLoadOptions loading)
    {
        using var meter = MemoryMeter.Start();
        var load = meter.Stage(MemoryStage.Load);
        using var model = CausalLM.Random(s_config, 1, loading);
        using var adapter = LoraAdapter.Attach(model, s_lora);
        load.Dispose();
        using var trainer = new Trainer(model, adapter.NamedParameters, new TrainingOptions { Steps = 3 }, meter);
        trainer.Run(Batches(), cancellation: TestContext.Current.CancellationToken);
        return meter.Report().Stages.ToDictionary(s => s.Stage, s => s.EndBytes);
    }

    private static Dictionary<string, byte[]> Outcome(ModelLoadOptions loading, ModelExecution? execution = null)
    {
        using var scope = NewDisposeScope();
        using var model = CausalLM.Random(s_config, 1, loading);
        model.Execution = execution ?? new();
        using var adapter = LoraAdapter.Attach(model, s_lora);
        using (no_grad())
            foreach (var (name, parameter) in adapter.NamedParameters)
            {
                var values = new float[parameter.numel()];
                new NormalNumbers(5, name, 0.1).Fill(values, 0);
                parameter.copy_(tensor(values).view(parameter.shape));
            }
        using var batch = Batches().First();
        var outcome = new Dictionary<string, byte[]> { ["logits"] = Run(model).bytes.ToArray() };
        var loss = CausalLoss.Compute(model, batch);
        outcome["loss"] = loss.bytes.ToArray();
        loss.backward();
        foreach (var (name, parameter) in adapter.NamedParameters)
            outcome[name] = parameter.grad!.bytes.ToArray();
        return outcome;
    }

    private static Tensor Run(CausalLM model)
    {
        using var _ = no_grad();
        using var ids = tensor([1L, 5, 9, 2, 7, 7, 3], 1, 7);
        return model.forward(ids);
    }

    private static WeightStream StreamOf(CausalLM model) => ((StreamedWeight)model.Blocks[0].Attention.Query.Weight).Stream;

    private static IEnumerable<TrainingBatch> Batches()
    {
        for (var step = 0; ; step++)
        {
            var ids = Enumerable.Range(0, 14).Select(i => (long)((i * 7 + step) % 96)).ToArray();
            yield return new TrainingBatch(tensor(ids, 2, 7), tensor(ids, 2, 7));
        }
    }
}
