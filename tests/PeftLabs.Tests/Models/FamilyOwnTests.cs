using PeftLabs.Adapters;
using PeftLabs.Formats;
using PeftLabs.Memory;
using PeftLabs.Models;
using PeftLabs.Models.Cpu;
using PeftLabs.Quantization;
using PeftLabs.Quantization.Streaming;
using PeftLabs.Tests.Formats;
using PeftLabs.Training;
using TorchSharp;
using static PeftLabs.Tests.Models.FamilyRuns;
using static TorchSharp.torch;

namespace PeftLabs.Tests.Models;

/// <summary>What only one family has, or only some.</summary>
[Collection("Memory")]
public class FamilyOwnTests
{
    [Fact]
    public void A_checkpoint_without_the_names_first_part_is_read_and_its_mask_passed_over()
    {
        using var scope = NewDisposeScope();
        using var _ = no_grad();
        using var folder = new TemporaryFolder();
        using var golden = Checkpoint.Open(Shared.Fixture("models", "gpt2"));
        File.Copy(Shared.Fixture("models", "gpt2", "config.json"), folder["config.json"]);
        SafeTensors.Save(folder["model.safetensors"], golden.Names.Select(n => (n["transformer.".Length..], golden.Read(n)))
            .Append(("h.0.attn.bias", ones(1, 1, 4, 4))));
        using CausalLM one = CausalLM.Load(Shared.Fixture("models", "gpt2")), other = CausalLM.Load(folder.Path);
        Tolerance.Near(one.forward(Ids("gpt2")), other.forward(Ids("gpt2")), 0, "without 'transformer.'");
    }

    [Fact]
    public void Gemmas_scores_are_capped_where_that_is_asked_for()
    {
        using var scope = NewDisposeScope();
        var folder = Shared.Fixture("models", "gemma2");
        using CausalLM plain = CausalLM.Load(folder), capped = CausalLM.Load(folder, new() { CapScores = true });
        using (no_grad())
        {
            var (one, other) = (plain.forward(Ids("gemma2")), capped.forward(Ids("gemma2")));
            Assert.InRange(one.sub(other).abs().max().item<float>() / one.abs().max().item<float>(), 1e-4, 1e-2);
        }
        Assert.Contains("CapScores", Assert.Throws<ArgumentException>(() => capped.Execution = new() { Attention = AttentionKind.Sdpa }).Message);
        Near(Gradients("gemma2", new(), new() { CapScores = true }),
            Gradients("gemma2", new() { Attention = AttentionKind.Tiled, Checkpointing = CheckpointPolicy.Blocks }, new() { CapScores = true }), 1e-5, "tiles");
    }

    [Fact]
    public void Gemmas_capped_logits_that_never_come_to_backward_leave_nothing_behind()
    {
        using var model = CausalLM.Load(Shared.Fixture("models", "gemma2"));
        model.SetTrainable(true);
        using var ids = Ids("gemma2");
        using var meter = MemoryMeter.Start();
        model.forward(ids).Dispose();
        var before = (meter.CurrentBytes, Tensor.TotalCount);
        model.forward(ids).Dispose();
        Assert.Equal(before, (meter.CurrentBytes, Tensor.TotalCount));
    }

    [Fact]
    public void Phis_long_texts_are_turned_by_their_own_factors_alone_packed_and_not_grown_into()
    {
        using var scope = NewDisposeScope();
        using var _ = no_grad();
        double[] one = [.. Enumerable.Repeat(1.0, 8)], four = [.. Enumerable.Repeat(4.0, 8)];
        var config = ModelConfig.Load(Shared.Fixture("models", "phi3")) with { Source = null, InitializerRange = 0.1 };
        CausalLM Model(double[] brief, double[] lengthy) =>
            CausalLM.Random(config with { Rotary = new() { LongScaling = new(brief, lengthy, 8, 1.1) } }, 3);
        using CausalLM both = Model(one, four), brief = Model(one, one), lengthy = Model(four, four);
        var ids = Ids("phi3").narrow(0, 0, 1);
        Tolerance.Near(brief.Hidden(ids.narrow(1, 0, 8)), both.Hidden(ids.narrow(1, 0, 8)), 0, "8 tokens");
        Tolerance.Near(lengthy.Hidden(ids.narrow(1, 0, 9)), both.Hidden(ids.narrow(1, 0, 9)), 0, "9 tokens");
        var packed = both.Hidden(ids, new SequenceLayout(1, 17, [new(0, 0, 9), new(0, 9, 8)]));
        Tolerance.Near(lengthy.Hidden(ids.narrow(1, 0, 9)), packed.narrow(1, 0, 9), 1e-5, "packed, 9 tokens");
        Tolerance.Near(brief.Hidden(ids.narrow(1, 9, 8)), packed.narrow(1, 9, 8), 1e-5, "packed, 8 tokens");
        using var cache = new PeftLabs.Models.Generation.KeyValueCache(both.Config);
        both.Hidden(ids.narrow(1, 0, 8), [cache]);
        var refused = Assert.Throws<PeftLabs.Models.Generation.GenerationException>(() => both.Hidden(ids.narrow(1, 8, 1), [cache]));
        Assert.Contains("8 tokens would become 9", refused.Message);
        cache.Truncate(0);
        both.Hidden(ids.narrow(1, 0, 12), [cache]);
        cache.Truncate(9);
        Assert.Equal(9, cache.Length);
        // The keys of a long text are none of a short one's.
        cache.Truncate(8);
        Assert.Equal(0, cache.Length);
    }

    [Theory]
    [InlineData(8, 6, 6)]
    [InlineData(520, 530, 2)]
    public void Phis_texts_are_generated_as_without_a_cache_though_they_are_long_or_grow_long(int original, int prompt, int tokens)
    {
        using var scope = NewDisposeScope();
        using var _ = no_grad();
        double[] one = [.. Enumerable.Repeat(1.0, 8)], four = [.. Enumerable.Repeat(40.0, 8)];
        var config = ModelConfig.Load(Shared.Fixture("models", "phi3")) with
        {
            Source = null,
            InitializerRange = 0.3,
            MaxPositions = 1024,
            EndTokens = [],
            Rotary = new() { LongScaling = new(one, four, original, 1.1) },
        };
        using var model = CausalLM.Random(config, 3);
        List<int> text = [.. Enumerable.Range(0, prompt).Select(i => i * 7 % config.VocabularySize)];
        var generated = TextGeneration.Batch(model, [text, [1, 2]], new() { MaxNewTokens = tokens },
            cancellation: TestContext.Current.CancellationToken)[0].Tokens;
        for (var i = 0; i < tokens; i++)
            text.Add((int)model.forward(tensor(text.ConvertAll(t => (long)t).ToArray(), 1, text.Count))[0, ^1].argmax().item<long>());
        Assert.Equal(text[prompt..], generated);
    }

    [Theory]
    [InlineData("mistral", 6)]
    [InlineData("mistral", 150)]
    [InlineData("gemma2", 128)]
    public void A_window_beyond_the_first_blocks_of_a_cache_sees_what_it_sees_without_one(string name, int window)
    {
        using var scope = NewDisposeScope();
        using var _ = no_grad();
        var config = ModelConfig.Load(Shared.Fixture("models", name)) with { Source = null, InitializerRange = 0.2, Window = window };
        using var model = CausalLM.Random(config, 3, new() { CapScores = true });
        var ids = tensor([.. Enumerable.Range(0, 300).Select(i => (long)(i * 7 % config.VocabularySize))], 1, 300);
        var expected = model.Hidden(ids);
        using var cache = new PeftLabs.Models.Generation.KeyValueCache(config);
        foreach (var (first, count) in new[] { (0, 126), (126, 4), (130, 1), (131, 148), (279, 3), (282, 1), (283, 17) })
            Tolerance.Near(expected.narrow(1, first, count), model.Hidden(ids.narrow(1, first, count), [cache]), 1e-4, $"{count} tokens from {first}");
    }

    [Fact]
    public void A_checkpoint_that_lacks_a_norm_leaves_no_tensor_behind()
    {
        using var folder = new TemporaryFolder();
        File.Copy(Shared.Fixture("models", "gpt2", "config.json"), folder["config.json"]);
        using (NewDisposeScope())
        {
            using var golden = Checkpoint.Open(Shared.Fixture("models", "gpt2"));
            SafeTensors.Save(folder["model.safetensors"], golden.Names.Where(n => !n.Contains("1.ln_2.bias")).Select(n => (n, golden.Read(n))));
        }
        var before = Tensor.TotalCount;
        Assert.Contains("ln_2.bias", Assert.Throws<ModelFormatException>(() => CausalLM.Load(folder.Path)).Message);
        Assert.Equal(before, Tensor.TotalCount);
    }

    [Fact]
    public void A_share_of_each_head_is_written_under_the_names_that_the_family_reads()
    {
        var config = ModelConfig.Load(Shared.Fixture("models", "gpt_neox")) with { Source = null, Rotary = new() { Theta = 500, Fraction = 0.5 } };
        var fields = System.Text.Json.Nodes.JsonNode.Parse(ModelConfigWriter.Write(config))!;
        Assert.Equal((500, 0.5), ((double)fields["rotary_emb_base"]!, (double)fields["rotary_pct"]!));
        Assert.Equal(config.Rotary, ModelConfigReader.Read("config.json", fields.AsObject()).Rotary);
    }

    [Fact]
    public void Positions_that_were_never_learned_are_refused()
    {
        using var scope = NewDisposeScope();
        using var model = CausalLM.Load(Shared.Fixture("models", "gpt2"));
        using var ids = zeros([1, 257], dtype: ScalarType.Int64);
        Assert.Contains("0 to 255", Assert.Throws<ArgumentException>(() => model.forward(ids)).Message);
    }
}
