using System.Text.Json.Nodes;
using PeftLabs.Adapters;
using PeftLabs.Formats;
using PeftLabs.Memory;
using PeftLabs.Models;
using PeftLabs.Quantization;
using PeftLabs.Tests.Formats;
using PeftLabs.Tests.Models;
using TorchSharp;
using static TorchSharp.torch;

namespace PeftLabs.Tests.Adapters;

[Collection("Memory")]
public class LoraMergeTests
{
    private const long MiB = 1 << 20;

    private static readonly int[] Sample = [.. Enumerable.Range(0, 40).Select(i => i * 7 % 90)];

    public static TheoryData<string> Adapters => LoraAdapterTests.Adapters;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory, MemberData(nameof(Adapters))]
    public void Merged_into_the_checkpoint_it_gives_the_golden_logits(string name)
    {
        using var scope = NewDisposeScope();
        using var _ = no_grad();
        using var folder = new TemporaryFolder();
        var (adapter, model) = Folders(name);
        var report = LoraMerge.IntoCheckpoint(model, adapter, folder["merged"], new() { Sample = Sample }, Cancellation);
        using var merged = CausalLM.Load(folder["merged"]);
        using var expected = Checkpoint.Open(Path.Combine(adapter, "expected.safetensors"));
        Tolerance.Near(expected.Read("merged_logits"), merged.forward(expected.Read("input_ids")), 1e-4, "merged");
        Assert.InRange(report.MeanKl!.Value, 0, 1e-9);
        Assert.Equal(Sample.Length - 1, report.Drift!.Tokens);
        Assert.Equal(Weights(model).Select(f => new FileInfo(f).Length).Sum(), report.BytesWritten);
        Assert.Equal([folder["merged"]], Directory.GetFileSystemEntries(folder.Path));
    }

    [Fact]
    public void Names_types_shards_and_companions_stay()
    {
        using var folder = new TemporaryFolder();
        var (adapter, model) = Folders("lora");
        LoraMerge.IntoCheckpoint(model, adapter, folder["merged"], cancellation: Cancellation);
        string[] kept = ["config.json", "generation_config.json", "model.safetensors.index.json"];
        Assert.Equal(Weights(model).Select(f => Path.GetFileName(f)!).Concat(kept).Order(),
            Directory.GetFiles(folder["merged"]).Select(f => Path.GetFileName(f)).Order());
        using var before = Checkpoint.Open(model);
        using var after = Checkpoint.Open(folder["merged"]);
        Assert.Equal(before.Names.Select(before.Info).Select(Text), after.Names.Select(after.Info).Select(Text));
        foreach (var name in before.Names)
            using (var scope = NewDisposeScope())
                Assert.Equal(name.Contains("q_proj") || name.Contains("v_proj"),
                    !before.Read(name).bytes.SequenceEqual(after.Read(name).bytes));

        string Text(SafeTensorInfo info) => $"{info.Name} {info.Type} [{string.Join(',', info.Shape)}]";
    }

    [Theory]
    [InlineData("lora", "nf4-dq", "float32", 1e-4)]
    [InlineData("lora-all-linear-rslora", "nf4", "float32", 1e-4)]
    [InlineData("lora-bias-and-head", "fp4:128", "float32", 1e-4)]
    [InlineData("lora-rank-pattern", "int8", "float32", 1e-4)]
    [InlineData("lora-rank-pattern", "nf4-dq", "bfloat16", 2e-2)]
    public void Merged_into_the_dequantized_weights_it_is_base_and_adapter(string name, string format, string type, double within)
    {
        using var scope = NewDisposeScope();
        using var _ = no_grad();
        using var folder = new TemporaryFolder();
        var (adapter, model) = Folders(name);
        var options = new MergeOptions
        {
            Base = new ModelLoadOptions { Projections = WeightFormat.Parse(format) },
            StoredAs = (DenseFormat)WeightFormat.Parse(type),
            Sample = Sample,
        };
        var report = LoraMerge.IntoDequantized(model, adapter, folder["merged"], options, Cancellation);
        using var merged = CausalLM.Load(folder["merged"]);
        using var golden = CausalLM.Load(model, options.Base);
        using var worn = LoraAdapter.Load(golden, adapter);
        var ids = tensor(Sample.Select(id => (long)id).ToArray(), 1, Sample.Length);
        Tolerance.Near(golden.forward(ids), merged.forward(ids), within, "dequantized");
        Assert.False(merged.Config.IsBitsAndBytes4Bit);
        Assert.InRange(report.MeanKl!.Value, 0, type == "float32" ? 1e-9 : 1e-3);
        using var checkpoint = Checkpoint.Open(folder["merged"]);
        Assert.All(checkpoint.Names, n => Assert.Equal(options.StoredAs.Type, checkpoint.Info(n).Type.ToScalarType()));
    }

    [Fact]
    public void A_bitsandbytes_checkpoint_is_merged_dequantized_and_in_4_bits_but_has_no_original_weights()
    {
        using var folder = new TemporaryFolder();
        var (adapter, model) = (Folders("lora").Adapter, Shared.Fixture("models", "llama-bnb-4bit"));
        var options = new MergeOptions { Sample = Sample };
        Assert.InRange(LoraMerge.IntoDequantized(model, adapter, folder["dense"], options, Cancellation).MeanKl!.Value, 0, 1e-9);
        var drift = LoraMerge.IntoQuantized(model, adapter, folder["codes"], options, Cancellation);
        Assert.InRange(drift.MeanKl!.Value, 1e-9, 0.1);
        Assert.InRange(drift.MaxKl!.Value, drift.MeanKl!.Value, 1);
        var refused = Assert.Throws<ModelFormatException>(() =>
            LoraMerge.IntoCheckpoint(model, adapter, folder["no"], options, Cancellation));
        Assert.Contains("4-bit", refused.Message);
        Assert.False(Directory.Exists(folder["no"]));
    }

    [Theory]
    [InlineData("lora", "nf4-dq")]
    [InlineData("lora-bias-and-head", "nf4")]
    [InlineData("lora-rank-pattern", "fp4-dq:128")]
    public void Merged_into_4_bits_the_folder_is_that_of_bitsandbytes_and_drifts_a_little(string name, string format)
    {
        using var folder = new TemporaryFolder();
        var (adapter, model) = Folders(name);
        var options = new MergeOptions { Base = new ModelLoadOptions { Projections = WeightFormat.Parse(format) }, Sample = Sample };
        var report = LoraMerge.IntoQuantized(model, adapter, folder["merged"], options, Cancellation);
        Assert.InRange(report.MeanKl!.Value, 1e-9, 0.1);
        using var merged = CausalLM.Load(folder["merged"]);
        Assert.True(merged.Config.IsBitsAndBytes4Bit);
        Assert.All(merged.Blocks.SelectMany(b => b.Projections), p => Assert.Equal(options.Base.Projections, p.Weight.Format));
        using var alone = CausalLM.Load(model, options.Base);
        using var worn = LoraAdapter.Load(alone, adapter);
        var whole = Drift.MeanKl(alone, merged, Sample);
        Assert.Equal(report.MeanKl!.Value, whole, 1e-6);
        worn.Detach();
        var lost = Drift.MeanKl(alone, merged, Sample);
        Assert.True(lost > 1.25 * whole, $"from base alone {lost:e2}, from base + adapter {whole:e2}: the update is lost in rounding");
    }

    [Fact]
    public void An_update_across_chunks_of_a_doubly_quantized_weight_is_encoded_as_the_sum()
    {
        using var scope = NewDisposeScope();
        var format = WeightFormat.NF4Double;
        using var weight = format.Encode(randn([4200, 1024], generator: new Generator(1)));
        var update = randn([4200, 1024], generator: new Generator(2));
        using var expected = format.Encode(weight.Decode(0, 4200).add(update, 0.1));
        weight.Add(update, 0.1);
        foreach (var (one, other) in expected.Tensors.Zip(weight.Tensors))
            Assert.True(one.Tensor.bytes.SequenceEqual(other.Tensor.bytes), one.Role);
    }

    [Fact]
    public void Merging_adds_less_than_two_layers_to_resident_memory()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "resident memory is read from /proc");
        using var folder = new TemporaryFolder();
        var config = TestModels.Config with
        {
            VocabularySize = 8192,
            HiddenSize = 1024,
            IntermediateSize = 4096,
            Layers = 8,
            HeadSize = 256,
        };
        Directory.CreateDirectory(folder["base"]);
        TestModels.Write(config, folder["base"], SafeTensorType.Float32);
        using (var small = CausalLM.Random(config, 1, ModelLoadOptions.QLora))
        using (var fresh = LoraAdapter.Attach(small, new LoraAdapterConfig { TargetModules = ModuleSelection.Matching("all-linear") }))
            fresh.Save(folder["adapter"]);
        LoraMerge.IntoCheckpoint(folder["base"], folder["adapter"], folder["warm"], cancellation: Cancellation);
        GC.Collect();
        ResidentMemory.ResetPeak();
        var before = ResidentMemory.CurrentBytes;
        var report = LoraMerge.IntoCheckpoint(folder["base"], folder["adapter"], folder["merged"], cancellation: Cancellation);
        var layer = 4L * 1024 * (3 * 4096 + 1024 * 3);
        Assert.True(report.BytesWritten > 8 * layer);
        Assert.InRange(ResidentMemory.PeakBytes - before, 0, layer);
    }

    [Fact]
    public void An_adapter_that_does_not_fit_is_refused_and_nothing_is_left()
    {
        using var folder = new TemporaryFolder();
        var refused = Assert.Throws<AdapterFormatException>(() =>
            LoraMerge.IntoCheckpoint(Folders("lora").Model, Folders("lora-bias-and-head").Adapter, folder["merged"],
                cancellation: Cancellation));
        Assert.Contains("no place for it", refused.Message);
        var (adapter, model) = Folders("lora");
        TestModels.Write(TestModels.Config with { IntermediateSize = 96, HiddenSize = 32 }, folder.Path, SafeTensorType.Float32);
        refused = Assert.Throws<AdapterFormatException>(() =>
            LoraMerge.IntoCheckpoint(folder.Path, adapter, folder["merged"], cancellation: Cancellation));
        Assert.Contains("A is [rank, in]", refused.Message);
        Assert.Empty(Directory.GetDirectories(folder.Path));
    }

    [Fact]
    public void A_missing_part_is_named()
    {
        using var folder = new TemporaryFolder();
        var (adapter, model) = Folders("lora");
        using (var file = AdapterFile.Open(adapter))
        using (var scope = NewDisposeScope())
            AdapterFile.Save(folder["short"], file.Config,
                file.Tensors.Keys.Where(n => n.Module != "model.layers.1.self_attn.v_proj").Select(n => (n, file.Read(n))));
        var refused = Assert.Throws<AdapterFormatException>(() =>
            LoraMerge.IntoCheckpoint(model, folder["short"], folder["merged"], cancellation: Cancellation));
        Assert.Contains("no LoraA of model.layers.1.self_attn.v_proj", refused.Message);
    }

    [Theory]
    [InlineData("original")]
    [InlineData("dequantized")]
    [InlineData("4bit")]
    public void A_folder_that_holds_something_is_refused_and_stays(string into)
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder["mine"], "kept");
        var refused = Assert.Throws<IOException>(() => Merge(into, folder.Path, new(), Cancellation));
        Assert.Contains("holds 'mine'", refused.Message);
        Assert.Equal(["mine"], folder.Files);
        Assert.Equal("kept", File.ReadAllText(folder["mine"]));
    }

    [Theory]
    [InlineData("original")]
    [InlineData("dequantized")]
    [InlineData("4bit")]
    public void Cancelled_midway_nothing_is_left_behind(string into)
    {
        using var folder = new TemporaryFolder();
        using var source = new CancellationTokenSource();
        var seen = 0L;
        var before = DisposeScopeManager.Statistics.ThreadTotalLiveCount;
        var cancel = new Reports(done => { seen = done; source.Cancel(); });
        var options = into == "4bit"
            ? new MergeOptions { Base = ModelLoadOptions.QLora with { Progress = cancel } }
            : new() { Progress = cancel };
        Assert.ThrowsAny<OperationCanceledException>(() => Merge(into, folder["merged"], options, source.Token));
        Assert.True(seen > 0);
        Assert.Empty(Directory.GetFileSystemEntries(folder.Path));
        Assert.Equal(before, DisposeScopeManager.Statistics.ThreadTotalLiveCount);
    }

    [Fact]
    public void A_base_that_is_not_loaded_in_4_bits_has_no_codes_to_merge_into()
    {
        using var folder = new TemporaryFolder();
        Assert.Contains("4-bit format is wanted", Assert.Throws<ArgumentException>(() =>
            Merge("4bit", folder["merged"], new() { Base = new ModelLoadOptions() }, Cancellation)).Message);
        Assert.Empty(Directory.GetFileSystemEntries(folder.Path));
    }

    private static MergeReport Merge(string into, string output, MergeOptions options, CancellationToken cancellation)
    {
        var (adapter, model) = Folders("lora");
        return into switch
        {
            "original" => LoraMerge.IntoCheckpoint(model, adapter, output, options, cancellation),
            "dequantized" => LoraMerge.IntoDequantized(model, adapter, output, options, cancellation),
            _ => LoraMerge.IntoQuantized(model, adapter, output, options, cancellation),
        };
    }

    private static (string Adapter, string Model) Folders(string name)
    {
        var adapter = Shared.Fixture("adapters", name);
        var json = JsonNode.Parse(File.ReadAllText(Path.Combine(adapter, "expected.json")))!;
        return (adapter, Shared.Fixture([.. ((string)json["base"]!).Split('/')]));
    }

    private static IEnumerable<string> Weights(string model) => Directory.GetFiles(model, "model*.safetensors");

    private sealed class Reports(Action<long> tell) : IProgress<(long Done, long Total)>
    {
        public void Report((long Done, long Total) value) => tell(value.Done);
    }
}
