using PeftLabs.Memory;
using PeftLabs.Models;
using PeftLabs.Models.Generation;
using PeftLabs.Quantization;
using TorchSharp;
using static TorchSharp.torch;

namespace PeftLabs.Tests.Models.Generation;

[Collection("Memory")]
public class KeyValueCacheTests
{
    [Theory]
    [InlineData(KeyValueFormat.Float32, 1)]
    [InlineData(KeyValueFormat.Float32, 300)]
    [InlineData(KeyValueFormat.BFloat16, 128)]
    [InlineData(KeyValueFormat.BFloat16, 129)]
    [InlineData(KeyValueFormat.Int8, 5)]
    [InlineData(KeyValueFormat.Int8, 257)]
    public void It_holds_the_bytes_that_are_predicted(KeyValueFormat format, int tokens)
    {
        using var model = CausalLM.Random(TestModels.Config, 1);
        using var meter = MemoryMeter.Start();
        using (var cache = new KeyValueCache(model.Config, format))
        {
            Assert.Equal(0, meter.CurrentBytes);
            Feed(model, cache, tokens);
            Assert.Equal(KeyValueCache.Bytes(model.Config, tokens, format), meter.CurrentBytes);
            cache.Truncate(tokens / 3);
            Assert.Equal(KeyValueCache.Bytes(model.Config, tokens / 3, format), meter.CurrentBytes);
        }
        Assert.Equal(0, meter.CurrentBytes);
    }

    // By hand: 2 (keys, values) · 30 layers · 3 heads · 128 positions · 64 numbers.
    [Fact]
    public void A_block_of_smollm2_takes_what_its_formula_says()
    {
        var config = ModelShapes.Find("smollm2-135m");
        Assert.Equal(2 * 30 * 3 * 128 * 64 * 4, KeyValueCache.Bytes(config, 100, KeyValueFormat.Float32));
        Assert.Equal(2 * 30 * 3 * 256 * 64 * 2, KeyValueCache.Bytes(config, 129, KeyValueFormat.BFloat16));
        Assert.Equal(2 * 30 * 3 * 128 * (64 + 4), KeyValueCache.Bytes(config, 1, KeyValueFormat.Int8));
    }

    [Theory]
    [InlineData(KeyValueFormat.Float32)]
    [InlineData(KeyValueFormat.BFloat16)]
    [InlineData(KeyValueFormat.Int8)]
    public void What_is_read_is_what_was_written_as_the_format_rounds_it(KeyValueFormat format)
    {
        using var scope = NewDisposeScope();
        using var cache = new LayerCache(2, 24, format, CPU);
        var (keys, values) = (randn(2, 150, 24), randn(2, 150, 24));
        keys.select(1, 7).zero_();
        cache.Append(keys.narrow(1, 0, 100), values.narrow(1, 0, 100));
        cache.Append(keys.narrow(1, 100, 50), values.narrow(1, 100, 50));
        var read = cache.Read();
        Assert.Equal(150, cache.Length);
        foreach (var (written, found) in new[] { (keys, read.Keys), (values, read.Values) })
        {
            Assert.Equal([1, 2, 150, 24], found.shape);
            Weights(Rounded(written, format), found.squeeze(0));
        }
    }

    [Theory]
    [InlineData(KeyValueFormat.Float32)]
    [InlineData(KeyValueFormat.BFloat16)]
    [InlineData(KeyValueFormat.Int8)]
    public unsafe void Positions_added_one_by_one_are_those_added_together(KeyValueFormat format)
    {
        using var scope = NewDisposeScope();
        using LayerCache together = new(2, 24, format, CPU), single = new(2, 24, format, CPU);
        var (keys, values) = (randn(2, 150, 24), randn(2, 150, 24));
        together.Append(keys, values);
        for (var i = 0; i < 150; i++)
        {
            using Tensor k = keys.select(1, i).contiguous(), v = values.select(1, i).contiguous();
            single.Append(k.Pointer<float>(), v.Pointer<float>());
        }
        Weights(together.Read().Keys, single.Read().Keys);
        Weights(together.Read().Values, single.Read().Values);
    }

    [Fact]
    public void A_length_that_is_not_there_is_refused()
    {
        using var cache = new KeyValueCache(TestModels.Config);
        Assert.Contains("holds 0 positions", Assert.Throws<ArgumentOutOfRangeException>(() => cache.Truncate(1)).Message);
    }

    private static void Feed(CausalLM model, KeyValueCache cache, int tokens)
    {
        using var scope = NewDisposeScope();
        model.Hidden(zeros([1, tokens], dtype: ScalarType.Int64), cache: cache);
    }

    // Through the codecs of weights, which have oracles of their own.
    private static Tensor Rounded(Tensor x, KeyValueFormat format)
    {
        WeightFormat stored = format switch
        {
            KeyValueFormat.BFloat16 => WeightFormat.BFloat16,
            KeyValueFormat.Int8 => WeightFormat.Int8Row,
            _ => WeightFormat.Float32,
        };
        using var weight = stored.Encode(x.reshape(-1, x.shape[2]));
        return weight.Decode(0, weight.Rows).view(x.shape);
    }

    private static void Weights(Tensor expected, Tensor found) =>
        Quantization.Weights.EqualBits(expected.contiguous().Span<float>(), found.contiguous().Span<float>());
}
