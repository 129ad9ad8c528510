using PeftLabs.Adapters;
using PeftLabs.Formats;
using PeftLabs.Memory;
using PeftLabs.Models;
using PeftLabs.Models.Cpu;
using PeftLabs.Models.Generation;
using PeftLabs.Quantization;
using TorchSharp;
using static TorchSharp.torch;

namespace PeftLabs.Tests.Models.Generation;

/// <summary>The pass over one buffer against the modules, which the golden logits check.</summary>
[Collection("Memory")]
public class DecodeStepTests
{
    public static TheoryData<string> Formats => ["float32", "bfloat16", "nf4-dq", "fp4", "int8", "int8-row"];

    [Theory, MemberData(nameof(Formats))]
    public void It_computes_what_the_modules_compute(string format)
    {
        var stored = WeightFormat.Parse(format);
        using var model = CausalLM.Random(TestModels.Config with { InitializerRange = 0.1 }, 4, new() { Projections = stored, Embedding = stored });
        Same(model);
    }

    public static TheoryData<string> Names => [.. Families.Golden];

    [Theory, MemberData(nameof(Names))]
    public void Every_familys_parts_are_there(string name)
    {
        using var model = CausalLM.Load(Shared.Fixture("models", name), new() { CapScores = true });
        Same(model);
    }

    [Fact]
    public void So_are_adapters()
    {
        using var model = CausalLM.Random(TestModels.Config with { InitializerRange = 0.1 }, 4, ModelLoadOptions.QLora);
        var config = new LoraAdapterConfig { Rank = 5, Alpha = 8, Dropout = 0.5, TargetModules = ModuleSelection.Matching("all-linear") };
        using var adapter = LoraAdapter.Attach(model, config);
        using (no_grad())
            foreach (var (_, parameter) in adapter.NamedParameters)
                nn.init.normal_(parameter, 0, 0.2);
        model.eval();
        Same(model);
    }

    [Theory]
    [InlineData(KeyValueFormat.BFloat16)]
    [InlineData(KeyValueFormat.Int8)]
    public void A_rounded_cache_is_read_alike(KeyValueFormat format)
    {
        using var model = CausalLM.Random(TestModels.Config with { InitializerRange = 0.1 }, 4);
        Same(model, format);
    }

    [Fact]
    public void A_row_is_the_same_to_the_last_bit_alone_and_among_others()
    {
        using var scope = NewDisposeScope();
        using var model = CausalLM.Random(TestModels.Config with { InitializerRange = 0.1 }, 4, new() { Projections = WeightFormat.NF4Double });
        int[] lengths = [3, 140, 1, 20, 7];
        var prompts = lengths.Select((n, i) => Ids(i, n)).ToList();
        var next = Ids(99, lengths.Length).view(-1, 1);
        var alone = prompts.Select((p, i) => Continued(model, p, next.narrow(0, i, 1))).ToList();
        var caches = prompts.ConvertAll(p => Filled(model, p));
        var together = model.Hidden(next, caches);
        for (var i = 0; i < lengths.Length; i++)
            PeftLabs.Tests.Quantization.Weights.EqualBits(alone[i].Span<float>(), together.narrow(0, i, 1).contiguous().Span<float>());
        caches.ForEach(c => c.Dispose());
    }

    [Fact]
    public void Rows_of_different_lengths_are_what_they_are_alone_by_modules_too()
    {
        using var scope = NewDisposeScope();
        using var _ = ElementWise.Using(null);
        using var model = CausalLM.Random(TestModels.Config with { InitializerRange = 0.1 }, 4);
        var prompts = new[] { 3, 140, 20 }.Select((n, i) => Ids(i, n)).ToList();
        var next = Ids(98, 6).view(3, 2);
        var alone = prompts.Select((p, i) => Continued(model, p, next.narrow(0, i, 1))).ToArray();
        var caches = prompts.ConvertAll(p => Filled(model, p));
        Tolerance.Near(cat(alone, 0), model.Hidden(next, caches), 1e-5, "rows together");
        caches.ForEach(c => c.Dispose());
    }

    [Fact]
    public void Its_one_buffer_is_all_that_it_takes_and_it_is_given_back()
    {
        using var model = CausalLM.Random(TestModels.Config, 4);
        using var cache = Filled(model, Ids(1, 130));
        using var id = Ids(2, 1);
        using var meter = MemoryMeter.Start();
        var live = DisposeScopeManager.Statistics.ThreadTotalLiveCount;
        for (var i = 0; i < 3; i++)
            model.Hidden(id, [cache]).Dispose();
        Assert.Equal(0, meter.CurrentBytes);
        Assert.Equal(live, DisposeScopeManager.Statistics.ThreadTotalLiveCount);
        Assert.InRange(meter.PeakBytes, 1, 8 << 10);
    }

    [Fact]
    public void As_many_caches_as_rows_are_needed()
    {
        using var model = CausalLM.Random(TestModels.Config, 4);
        using var cache = new KeyValueCache(model.Config);
        using var ids = zeros([2, 1], dtype: ScalarType.Int64);
        Assert.Contains("1 caches", Assert.Throws<ArgumentException>(() => model.Hidden(ids, [cache])).Message);
    }

    // Passes of several widths after each other, by kernels and by modules, and behind a cache that kernels or modules filled.
    private static void Same(CausalLM model, KeyValueFormat format = KeyValueFormat.Float32)
    {
        using var scope = NewDisposeScope();
        using KeyValueCache one = new(model.Config, format), other = new(model.Config, format);
        foreach (var (pass, tokens) in new[] { 4, 1, 125, 1, 3, 16, 1 }.Index())
        {
            var ids = Ids(pass, tokens).remainder(model.Config.VocabularySize);
            Assert.Equal(tokens <= 16, DecodeStep.Takes(model, ids));
            var found = model.Hidden(ids, [one]);
            using var _ = ElementWise.Using(null);
            Assert.False(DecodeStep.Takes(model, ids));
            // A code of eight bits may fall on the other side of a half.
            Tolerance.Near(model.Hidden(ids, [other]), found, format == KeyValueFormat.Float32 ? 2e-5 : 5e-3, $"pass {pass} of {tokens}");
        }
    }

    private static Tensor Continued(CausalLM model, Tensor prompt, Tensor next)
    {
        using var cache = Filled(model, prompt);
        return model.Hidden(next, [cache]);
    }

    private static KeyValueCache Filled(CausalLM model, Tensor prompt)
    {
        var cache = new KeyValueCache(model.Config);
        model.Hidden(prompt, [cache]).Dispose();
        return cache;
    }

    private static Tensor Ids(int seed, int count) =>
        tensor(Enumerable.Range(0, count).Select(i => (long)(new RandomBits((ulong)seed, "ids").Unit(i) * 90)).ToArray(), 1, count);
}
