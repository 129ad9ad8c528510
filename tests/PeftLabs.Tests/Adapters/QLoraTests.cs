using PeftLabs.Adapters;
using PeftLabs.Formats;
using PeftLabs.Memory;
using PeftLabs.Models;
using PeftLabs.Quantization;
using PeftLabs.Tests.Models;
using PeftLabs.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace PeftLabs.Tests.Adapters;

[Collection("Memory")]
public class QLoraTests
{
    // Large enough that a matrix is several tiles and full precision would show.
    private static readonly ModelConfig s_config = TestModels.Config with
    {
        VocabularySize = 800,
        HiddenSize = 640,
        IntermediateSize = 1280,
        Heads = 10,
        KeyValueHeads = 5,
        HeadSize = 64,
        TiedEmbeddings = true,
    };

    public static TheoryData<string> Formats => ["nf4", "nf4-dq", "fp4", "int8", "int8-row", "bfloat16"];

    [Theory, MemberData(nameof(Formats))]
    public void Gradients_are_those_on_the_dequantized_base(string name)
    {
        using var scope = NewDisposeScope();
        using var quantized = CausalLM.Random(TestModels.Config, 1, new ModelLoadOptions { Projections = WeightFormat.Parse(name) });
        using var plain = CausalLM.Random(TestModels.Config, 1);
        foreach (var (path, projection) in plain.Projections)
            projection.Weight.EncodeRows(0, quantized.Projections[path].Weight.Decode(0, projection.OutFeatures));
        var (found, expected) = (Gradients(quantized), Gradients(plain));
        Assert.Equal(expected.Keys, found.Keys);
        foreach (var (part, gradient) in expected)
            Tolerance.Near(gradient, found[part], 1e-4, part);
    }

    [Theory]
    [InlineData("nf4-dq", "bfloat16", true)]
    [InlineData("nf4-dq", "int8", true)]
    [InlineData("nf4", "nf4", true)]
    [InlineData("int8", "int8-row", false)]
    [InlineData("nf4-dq", "float32", false)]
    public void Eight_steps_train_on_any_base_embedding_and_head(string projections, string head, bool tied)
    {
        var format = WeightFormat.Parse(head);
        var options = new ModelLoadOptions { Projections = WeightFormat.Parse(projections), Embedding = format, Head = format };
        using var model = CausalLM.Random(s_config with { TiedEmbeddings = tied, InitializerRange = 0.1 }, 1, options);
        Assert.Equal(format, model.Head.Weight.Format);
        using var adapter = Attach(model, rank: 8);
        using var trainer = new Trainer(model, adapter.NamedParameters, new TrainingOptions { Steps = 8, LearningRate = 2e-3 });
        var before = Bits(model);
        var records = trainer.Run(Enumerable.Range(0, 8).Select(_ => Batch(s_config)), cancellation: TestContext.Current.CancellationToken);
        Assert.True(records[^1].Loss < 0.9 * records[0].Loss, string.Join(", ", records.Select(r => r.Loss)));
        Assert.Equal(before, Bits(model)); // the base is as it was
    }

    [Fact]
    public void Twenty_steps_later_the_same_tensors_and_bytes_are_alive()
    {
        using var meter = MemoryMeter.Start();
        using var model = CausalLM.Random(s_config, 1, ModelLoadOptions.QLora);
        using var adapter = Attach(model);
        using var trainer = new Trainer(model, adapter.NamedParameters, new TrainingOptions { Steps = 22 }, meter);
        var first = trainer.Run([Batch(s_config), Batch(s_config)], cancellation: TestContext.Current.CancellationToken)[^1];
        var live = DisposeScopeManager.Statistics.ThreadTotalLiveCount;
        var last = trainer.Run(Enumerable.Range(0, 20).Select(_ => Batch(s_config)), cancellation: TestContext.Current.CancellationToken)[^1];
        Assert.Equal(22, last.Step);
        Assert.Equal(first.Bytes, last.Bytes);
        Assert.Equal(first.PeakBytes, last.PeakBytes);
        Assert.Equal(live, DisposeScopeManager.Statistics.ThreadTotalLiveCount);
        Assert.Equal(0, meter.UnseenFrees);
    }

    [Fact]
    public void Beside_its_weights_a_step_needs_what_LoRA_needs_and_one_tile()
    {
        var (plain, quantized) = (Peaks(new ModelLoadOptions()), Peaks(ModelLoadOptions.QLora));
        var largest = TileBuffer.Bytes(s_config.VocabularySize, s_config.HiddenSize);
        Assert.InRange(quantized.Forward - plain.Forward, 0, largest);
        Assert.InRange(quantized.Backward - plain.Backward, 0, largest);
        var matrices = 7L * 4 * s_config.HiddenSize * s_config.HiddenSize;
        Assert.True(largest < matrices, "the model is too small for the test to tell");
    }

    private static (long Forward, long Backward) Peaks(ModelLoadOptions options)
    {
        using var meter = MemoryMeter.Start();
        using var model = CausalLM.Random(s_config, 1, options);
        using var adapter = Attach(model);
        var loaded = meter.CurrentBytes;
        using var trainer = new Trainer(model, adapter.NamedParameters, new TrainingOptions { Steps = 2 }, meter);
        trainer.Run([Batch(s_config), Batch(s_config)], cancellation: TestContext.Current.CancellationToken);
        var report = meter.Report();
        return (report.Find(MemoryStage.Forward)!.PeakBytes - loaded, report.Find(MemoryStage.Backward)!.PeakBytes - loaded);
    }

    private static Dictionary<string, Tensor> Gradients(CausalLM model)
    {
        using var adapter = Attach(model);
        using var _ = no_grad();
        foreach (var (name, parameter) in adapter.Parts)
            parameter.copy_(tensor(Numbers(name.ToString(), parameter.numel()), parameter.shape));
        using var grad = enable_grad();
        using var batch = Batch(model.Config);
        using var loss = CausalLoss.Compute(model, batch);
        loss.backward();
        return adapter.Parts.ToDictionary(p => p.Name.ToString(), p => p.Parameter.grad!.clone());
    }

    private static float[] Numbers(string name, long count)
    {
        var values = new float[count];
        new NormalNumbers(5, name, 0.05).Fill(values, 0);
        return values;
    }

    private static LoraAdapter Attach(CausalLM model, int rank = 4) =>
        LoraAdapter.Attach(model, new LoraAdapterConfig { Rank = rank, TargetModules = ModuleSelection.Matching("all-linear") });

    private static TrainingBatch Batch(ModelConfig config)
    {
        var ids = Enumerable.Range(0, 2 * 20).Select(i => (long)i * 7 % config.VocabularySize).ToArray();
        return new TrainingBatch(tensor(ids, 2, 20), tensor(ids, 2, 20));
    }

    private static string Bits(CausalLM model)
    {
        var hash = System.Security.Cryptography.IncrementalHash.CreateHash(System.Security.Cryptography.HashAlgorithmName.SHA256);
        foreach (var (_, tensor) in model.Projections.Values.SelectMany(p => p.Weight.Tensors))
            hash.AppendData(tensor.bytes);
        return Convert.ToHexString(hash.GetHashAndReset());
    }
}
