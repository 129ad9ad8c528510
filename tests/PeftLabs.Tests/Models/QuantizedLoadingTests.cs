using PeftLabs.Cli.Bench;
using PeftLabs.Formats;
using PeftLabs.Models;
using PeftLabs.Quantization;
using PeftLabs.Tests.Formats;
using TorchSharp;
using static TorchSharp.torch;

namespace PeftLabs.Tests.Models;

[Collection("Memory")]
public class QuantizedLoadingTests
{
    private const long MiB = 1 << 20;

    public static TheoryData<string> Formats => ["nf4", "nf4-dq", "fp4:128", "int8", "int8-row", "bfloat16", "float16"];

    [Theory, MemberData(nameof(Formats))]
    public void Every_projection_is_the_encoded_float32_one(string name)
    {
        using var scope = NewDisposeScope();
        var format = WeightFormat.Parse(name);
        using var plain = CausalLM.Load(Shared.Fixture("models", "qwen2"));
        using var stored = CausalLM.Load(Shared.Fixture("models", "qwen2"),
            new ModelLoadOptions { Projections = format, SkipModules = ["down_proj", "model.layers.0"], Skipped = WeightFormat.BFloat16 });
        foreach (var (path, projection) in stored.Projections)
        {
            var skipped = path.EndsWith("down_proj") || path.StartsWith("model.layers.0.");
            var expected = projection == stored.Head ? WeightFormat.Float32 : skipped ? WeightFormat.BFloat16 : format;
            Assert.Equal(expected, projection.Weight.Format);
            using var encoded = expected.Encode(plain.Projections[path].Weight.Decode(0, projection.OutFeatures));
            foreach (var (one, other) in encoded.Tensors.Zip(projection.Weight.Tensors))
                Assert.True(one.Tensor.bytes.SequenceEqual(other.Tensor.bytes), $"{path} {one.Role}");
        }
    }

    [Theory]
    [InlineData("nf4-dq", SafeTensorType.BFloat16)]
    [InlineData("nf4-dq", SafeTensorType.Float32)]
    [InlineData("int8", SafeTensorType.Float32)]
    [InlineData("int8-row", SafeTensorType.BFloat16)]
    [InlineData("bfloat16", SafeTensorType.Float32)]
    public void Loading_adds_the_stored_bytes_and_at_most_64_MiB_to_resident_memory(string name, SafeTensorType type)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "resident memory is read from /proc");
        using var folder = new TemporaryFolder();
        var config = TestModels.Config with { VocabularySize = 4096, HiddenSize = 1024, IntermediateSize = 4096, Layers = 5, HeadSize = 256 };
        TestModels.Write(config, folder.Path, type);
        var format = WeightFormat.Parse(name);
        var options = new ModelLoadOptions { Projections = format, Embedding = format };
        // What the program itself needs, libtorch's code among it, is there from now on.
        using var small = new TemporaryFolder();
        TestModels.Write(TestModels.Config, small.Path, type);
        CausalLM.Load(small.Path, options).Dispose();
        GC.Collect();
        FreeMemory.GiveBack(); // else what earlier tests freed is used again, and nothing seems to be added
        PeftLabs.Memory.ResidentMemory.ResetPeak();
        var before = PeftLabs.Memory.ResidentMemory.CurrentBytes;
        using var model = CausalLM.Load(folder.Path, options);
        var stored = model.Projections.Values.Sum(p => p.Weight.Bytes);
        var added = PeftLabs.Memory.ResidentMemory.PeakBytes - before;
        Assert.InRange(added, 1, stored + 64 * MiB);
    }

    [Fact]
    public void Progress_rises_to_all_parameters()
    {
        var told = new Reports();
        using var model = CausalLM.Load(Shared.Fixture("models", "llama"), new ModelLoadOptions { Projections = WeightFormat.NF4, Progress = told });
        Assert.Equal(told.Done.Order(), told.Done);
        Assert.Equal(model.Config.Parameters, told.Done[^1]);
    }

    [Fact]
    public void A_random_model_is_the_same_in_every_format_up_to_encoding()
    {
        using var scope = NewDisposeScope();
        using var plain = CausalLM.Random(TestModels.Config, 3);
        using var stored = CausalLM.Random(TestModels.Config, 3, new ModelLoadOptions { Projections = WeightFormat.NF4Double });
        foreach (var (path, projection) in stored.Projections)
        {
            using var encoded = projection.Weight.Format.Encode(plain.Projections[path].Weight.Decode(0, projection.OutFeatures));
            Assert.True(encoded.Tensors.First().Tensor.bytes.SequenceEqual(projection.Weight.Tensors.First().Tensor.bytes), path);
        }
    }

    [Fact]
    public void A_weight_that_is_not_finite_is_named_and_nothing_stays_loaded()
    {
        using var folder = new TemporaryFolder();
        TestModels.Write(TestModels.Config, folder.Path, SafeTensorType.Float32, (name, values) =>
        {
            if (name == "model.layers.1.mlp.up_proj.weight")
                values[5 * TestModels.Config.HiddenSize + 3] = float.NaN;
        });
        using (CausalLM.Load(folder.Path)) // float32 holds it, and says nothing
        {
        }
        var before = DisposeScopeManager.Statistics.ThreadTotalLiveCount;
        var refused = Assert.Throws<ModelFormatException>(() =>
            CausalLM.Load(folder.Path, new ModelLoadOptions { Projections = WeightFormat.NF4 }));
        Assert.Contains("'model.layers.1.mlp.up_proj.weight' holds NaN at [5, 3]", refused.Message);
        Assert.Equal(before, DisposeScopeManager.Statistics.ThreadTotalLiveCount);
    }

    private sealed class Reports : IProgress<(long Done, long Total)>
    {
        public List<long> Done { get; } = [];

        public void Report((long Done, long Total) value) => Done.Add(value.Done);
    }
}
