using FsCheck;
using FsCheck.Xunit;
using PeftLabs.Quantization;

namespace PeftLabs.Tests.Quantization;

public class DoubleQuantizationTests
{
    [Theory]
    [InlineData("nf4")]
    [InlineData("fp4")]
    public void Codes_scales_and_offset_equal_the_fixture(string book)
    {
        var fixture = QuantizationFixture.Expected();
        var absMax = fixture.Tensor<float>($"{book}.64.absmax");
        var (codes, nested) = (new byte[absMax.Length], new float[DoubleQuantization.NestedBlocks(absMax.Length)]);
        var offset = DoubleQuantization.Encode(absMax, codes, nested);
        Weights.EqualBits(fixture.Tensor<float>($"{book}.double.offset"), [offset]);
        Assert.Equal(fixture.Tensor<byte>($"{book}.double.absmax_u8"), codes);
        Weights.EqualBits(fixture.Tensor<float>($"{book}.double.nested_absmax"), nested);
    }

    [Fact]
    public void A_model_quantizes_to_what_transformers_stored()
    {
        var stored = QuantizationFixture.Model(Shared.Fixture("models", "llama-bnb-4bit", "model.safetensors"));
        var weights = Directory.EnumerateFiles(Shared.Fixture("models", "llama"), "model-*.safetensors")
            .Select(QuantizationFixture.Model)
            .SelectMany(file => file.Names.Where(name => name != "__metadata__").Select(name => (name, file)))
            .ToDictionary(pair => pair.name, pair => pair.file);
        var names = stored.Names.Where(name => name.EndsWith(".absmax", StringComparison.Ordinal)).Select(name => name[..^7]).ToList();
        Assert.NotEmpty(names);
        foreach (var name in names)
        {
            var (packed, absMax, _) = BlockCodec4Tests.Quantized(weights[name].Tensor<float>(name), new(CodeBook4.NF4, 64));
            Assert.Equal(stored.Tensor<byte>(name), packed);
            var (codes, nested) = (new byte[absMax.Length], new float[DoubleQuantization.NestedBlocks(absMax.Length)]);
            var offset = DoubleQuantization.Encode(absMax, codes, nested);
            Assert.Equal(stored.Tensor<byte>(name + ".absmax"), codes);
            Weights.EqualBits(stored.Tensor<float>(name + ".nested_absmax"), nested, name);
            var state = System.Text.Json.JsonDocument.Parse(stored.Tensor<byte>(name + ".quant_state.bitsandbytes__nf4")).RootElement;
            Assert.Equal(state.GetProperty("nested_offset").GetSingle(), offset);
        }
    }

    [Property(MaxTest = 50)]
    public void Decoded_scales_are_within_one_percent_of_the_largest_and_any_start_gives_the_same(int seed, PositiveInt size)
    {
        var random = new Random(seed);
        var absMax = Enumerable.Range(0, size.Get % 900 + 1).Select(_ => random.NextSingle()).ToArray();
        var (codes, nested) = (new byte[absMax.Length], new float[DoubleQuantization.NestedBlocks(absMax.Length)]);
        var scales = new BlockScales(codes, nested, DoubleQuantization.Encode(absMax, codes, nested));
        var all = new float[absMax.Length];
        scales.Decode(0, all);
        for (var i = 0; i < absMax.Length; i++)
            Assert.Equal(absMax[i], all[i], 0.01f);
        var start = random.Next(absMax.Length);
        var tail = new float[absMax.Length - start];
        scales.Decode(start, tail);
        Weights.EqualBits(all.AsSpan(start), tail);
    }

    [Fact]
    public void Nested_scales_of_a_wrong_length_are_refused() =>
        Assert.Throws<ArgumentException>(() => new BlockScales(new byte[257], new float[1], 0).Count);
}
