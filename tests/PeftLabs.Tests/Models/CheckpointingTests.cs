using PeftLabs.Adapters;
using PeftLabs.Formats;
using PeftLabs.Memory;
using PeftLabs.Models;
using PeftLabs.Quantization;
using PeftLabs.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace PeftLabs.Tests.Models;

[Collection("Memory")]
public class CheckpointingTests
{
    private static readonly ModelConfig s_config = TestModels.Config with { Layers = 4, Family = ModelFamily.Qwen2, QueryKeyValueBias = true };

    public static TheoryData<string, string, string> Grid
    {
        get
        {
            var grid = new TheoryData<string, string, string>();
            foreach (var policy in new[] { "blocks", "every-2", "every-3", "attention", "feed-forward", "budget-260KiB" })
                foreach (var trained in new[] { "full", "all-linear", "q_proj", "down_proj", "o_proj,gate_proj" })
                    foreach (var offload in new[] { "None", "File" })
                        grid.Add(policy, trained, offload);
            return grid;
        }
    }

    [Theory, MemberData(nameof(Grid))]
    public void Loss_and_gradients_are_those_of_the_plain_run(string policy, string trained, string offload)
    {
        var plain = Gradients(new ModelExecution(), trained);
        var execution = new ModelExecution
        {
            Checkpointing = CheckpointPolicy.Parse(policy),
            Offload = Enum.Parse<ActivationOffload>(offload),
        };
        var recomputed = Gradients(execution, trained);
        Assert.Equal(plain.Loss, recomputed.Loss);
        Assert.Equal(plain.Gradients.Keys, recomputed.Gradients.Keys);
        foreach (var (name, gradient) in plain.Gradients)
        {
            Assert.Contains(gradient, v => v != 0);
            for (var i = 0; i < gradient.Length; i++)
                Assert.True(Math.Abs(gradient[i] - recomputed.Gradients[name][i]) <= 1e-6 * (1 + Math.Abs(gradient[i])), name);
        }
    }

    [Theory]
    [InlineData("blocks")]
    [InlineData("every-2")]
    [InlineData("attention")]
    [InlineData("feed-forward")]
    public void What_dropout_dropped_is_dropped_again(string policy)
    {
        var plain = Gradients(new ModelExecution(), "all-linear", dropout: 0.3);
        var recomputed = Gradients(new() { Checkpointing = CheckpointPolicy.Parse(policy) }, "all-linear", dropout: 0.3);
        Assert.Equal(plain.Loss, recomputed.Loss);
        foreach (var (name, gradient) in plain.Gradients)
            for (var i = 0; i < gradient.Length; i++)
                Assert.True(Math.Abs(gradient[i] - recomputed.Gradients[name][i]) <= 1e-6 * (1 + Math.Abs(gradient[i])), name);
        Assert.NotEqual(plain.Loss, Gradients(new ModelExecution(), "all-linear").Loss);
    }

    [Theory]
    [InlineData("blocks", "None")]
    [InlineData("blocks", "File")]
    [InlineData("attention", "None")]
    [InlineData("every-2", "File")]
    public void Nothing_is_left_after_a_step_nor_after_a_pass_without_backward(string policy, string offload)
    {
        using var meter = MemoryMeter.Start();
        using var model = CausalLM.Random(s_config, 1);
        using var adapter = Attach(model, "all-linear");
        model.Execution = new() { Checkpointing = CheckpointPolicy.Parse(policy), Offload = Enum.Parse<ActivationOffload>(offload) };
        Pass(model, adapter!, backward: true);
        var (bytes, tensors) = (meter.CurrentBytes, DisposeScopeManager.Statistics.ThreadTotalLiveCount);
        for (var i = 0; i < 5; i++)
            Pass(model, adapter!, backward: true);
        Assert.Equal(bytes, meter.CurrentBytes);
        Assert.Equal(tensors, DisposeScopeManager.Statistics.ThreadTotalLiveCount);
        Pass(model, adapter!, backward: false);
        model.ForgetActivations();
        Assert.Equal(bytes, meter.CurrentBytes);
        using (no_grad())
            Pass(model, adapter!, backward: false);
        Assert.Equal(bytes, meter.CurrentBytes);
        Assert.Equal(tensors, DisposeScopeManager.Statistics.ThreadTotalLiveCount);
    }

    [Fact]
    public void Blocks_report_their_gradients_in_backward_order()
    {
        foreach (var policy in new[] { CheckpointPolicy.None, CheckpointPolicy.Blocks, CheckpointPolicy.Attention, CheckpointPolicy.FeedForward })
        {
            using var model = CausalLM.Random(s_config, 1);
            using var adapter = Attach(model, "all-linear");
            List<int> done = [];
            model.BlockDone = block =>
            {
                done.Add(block.Index);
                Assert.All(block.Projections, p => Assert.NotNull(p.Update!.A.grad));
                Assert.All(model.Blocks.Take(block.Index).SelectMany(b => b.Projections), p => Assert.Null(p.Update!.A.grad));
            };
            model.Execution = new() { Checkpointing = policy };
            Pass(model, adapter!, backward: true, free: false);
            Assert.Equal([3, 2, 1], done.Take(3));
        }
    }

    [Theory]
    [InlineData("budget-1KiB")]
    public void A_budget_that_cannot_be_kept_is_refused_with_what_is_needed(string policy)
    {
        using var model = CausalLM.Random(s_config, 1);
        using var adapter = Attach(model, "all-linear");
        model.Execution = new() { Checkpointing = CheckpointPolicy.Parse(policy) };
        var error = Assert.Throws<ArgumentException>(() => Pass(model, adapter!, backward: true));
        Assert.Contains("1.00 KiB", error.Message);
    }

    [Fact]
    public void Activations_stay_under_a_budget_and_more_of_it_keeps_more_blocks()
    {
        List<long> used = [];
        foreach (var budget in new[] { 240L << 10, 400 << 10, 600 << 10, 2 << 20 })
        {
            using var meter = MemoryMeter.Start();
            using var model = CausalLM.Random(s_config, 1);
            using var adapter = Attach(model, "all-linear");
            model.Execution = new() { Checkpointing = CheckpointPolicy.Budget(budget) };
            using var ids = Ids();
            var before = meter.CurrentBytes;
            using (var hidden = model.Hidden(ids))
                used.Add(meter.CurrentBytes - before - hidden.numel() * 4);
            Assert.InRange(used[^1], 1, budget + 4 * ids.numel() * (s_config.HiddenSize + 1) + 4 * ids.shape[1] * s_config.HeadSize);
        }
        Assert.Equal(used.Order(), used);
        Assert.True(used[0] < used[^1] / 2);
    }

    [Fact]
    public void Host_offload_on_a_cpu_is_refused_and_the_execution_before_stays()
    {
        using var model = CausalLM.Random(s_config, 1);
        Assert.Throws<ArgumentException>(() => model.Execution = new() { Offload = ActivationOffload.Host });
        Assert.Equal(ActivationOffload.None, model.Execution.Offload);
    }

    [Theory]
    [InlineData("nf4-dq")]
    [InlineData("bfloat16")]
    [InlineData("int8")]
    public void Quantized_weights_are_recomputed_the_same(string format)
    {
        var loading = new ModelLoadOptions { Projections = WeightFormat.Parse(format) };
        var plain = Gradients(new ModelExecution(), "all-linear", loading);
        var recomputed = Gradients(new ModelExecution { Checkpointing = CheckpointPolicy.Blocks }, "all-linear", loading);
        Assert.Equal(plain.Loss, recomputed.Loss);
        Assert.All(plain.Gradients, p => Assert.All(p.Value.Zip(recomputed.Gradients[p.Key]), v => Assert.Equal(v.First, v.Second, 1e-6)));
    }

    [Theory]
    [InlineData(ActivationType.BFloat16, 0.03)]
    [InlineData(ActivationType.Float16, 0.004)]
    public void Inputs_stored_in_sixteen_bits_give_the_same_loss_and_nearly_the_same_gradients(ActivationType type, double tolerance)
    {
        foreach (var offload in new[] { ActivationOffload.None, ActivationOffload.File })
        {
            var plain = Gradients(new ModelExecution(), "all-linear");
            var execution = new ModelExecution { Checkpointing = CheckpointPolicy.Blocks, SavedActivations = type, Offload = offload };
            var rounded = Gradients(execution, "all-linear");
            Assert.Equal(plain.Loss, rounded.Loss);
            foreach (var (name, gradient) in plain.Gradients)
            {
                var norm = Math.Sqrt(gradient.Sum(v => v * v));
                Assert.True(Math.Sqrt(gradient.Zip(rounded.Gradients[name], (a, b) => (a - b) * (a - b)).Sum()) < tolerance * norm, name);
            }
        }
    }

    [Theory]
    [InlineData(ActivationType.BFloat16, 0.03)]
    [InlineData(ActivationType.Float16, 0.004)]
    public void Activations_kept_in_sixteen_bits_take_half_and_give_nearly_the_same_gradients(ActivationType type, double tolerance)
    {
        var plain = Gradients(new ModelExecution(), "all-linear");
        var rounded = Gradients(new ModelExecution { SavedActivations = type }, "all-linear");
        Assert.Equal(plain.Loss, rounded.Loss);
        foreach (var (name, gradient) in plain.Gradients)
        {
            var norm = Math.Sqrt(gradient.Sum(v => v * v));
            Assert.True(Math.Sqrt(gradient.Zip(rounded.Gradients[name], (a, b) => (a - b) * (a - b)).Sum()) < tolerance * norm, name);
        }
        var (whole, half) = (Kept(ActivationType.Float32), Kept(type));
        Assert.InRange((double)half / whole, 0.5, 0.56);

        static long Kept(ActivationType type)
        {
            using var meter = MemoryMeter.Start();
            using var model = CausalLM.Random(s_config, 1);
            using var adapter = Attach(model, "all-linear");
            model.Execution = new() { SavedActivations = type };
            using var ids = Ids();
            var before = meter.CurrentBytes;
            using var hidden = model.Hidden(ids);
            return meter.CurrentBytes - before;
        }
    }

    [Fact]
    public void Offloaded_inputs_are_not_in_memory_and_the_file_goes_with_the_model()
    {
        // A process that was killed leaves its file behind.
        string[] Files() => Directory.GetFiles(ScratchFolder.Path, "peftlabs-activations-*");
        var others = Files();
        using var meter = MemoryMeter.Start();
        var config = s_config with { Layers = 8 };
        List<long> used = [];
        foreach (var offload in new[] { ActivationOffload.None, ActivationOffload.File })
        {
            using var model = CausalLM.Random(config, 1);
            using var adapter = Attach(model, "all-linear");
            model.Execution = new() { Checkpointing = CheckpointPolicy.Blocks, Offload = offload };
            using var ids = Ids();
            var before = meter.CurrentBytes;
            using var hidden = model.Hidden(ids);
            used.Add(meter.CurrentBytes - before);
        }
        var input = 4 * 3 * 20 * config.HiddenSize;
        Assert.Equal(6 * input, used[0] - used[1]);
        Assert.Empty(Files().Except(others));
    }

    private static (double Loss, SortedDictionary<string, float[]> Gradients) Gradients(
        ModelExecution execution, string trained, ModelLoadOptions? loading = null, double dropout = 0)
    {
        using var scope = NewDisposeScope();
        using var model = CausalLM.Random(s_config, 1, loading);
        using var adapter = Attach(model, trained, dropout);
        model.SetDropoutSeed(17);
        model.Execution = execution;
        using var ids = Ids();
        using var labels = ids.clone();
        using var loss = CausalLoss.Compute(model, new TrainingBatch(ids, labels));
        loss.backward();
        SortedDictionary<string, float[]> gradients = [];
        foreach (var (name, parameter) in adapter?.NamedParameters ?? model.named_parameters())
            gradients.Add(name, parameter.grad!.data<float>().ToArray());
        return (loss.item<float>(), gradients);
    }

    private static void Pass(CausalLM model, LoraAdapter adapter, bool backward, bool free = true)
    {
        using var scope = NewDisposeScope();
        using var batch = new TrainingBatch(Ids(), Ids());
        var loss = CausalLoss.Compute(model, batch);
        if (backward)
            loss.backward();
        if (!free)
            return;
        foreach (var (_, parameter) in adapter.NamedParameters)
            parameter.grad = null;
    }

    private static Tensor Ids() => tensor([.. Enumerable.Range(0, 3 * 20).Select(i => (long)(i * 7 % 96))], 3, 20);

    private static LoraAdapter? Attach(CausalLM model, string trained, double dropout = 0)
    {
        if (trained == "full")
        {
            model.SetTrainable(true);
            return null;
        }
        var modules = trained == "all-linear" ? ModuleSelection.Matching(trained) : ModuleSelection.Of(trained.Split(','));
        var adapter = LoraAdapter.Attach(model, new LoraAdapterConfig { Rank = 2, TargetModules = modules, Dropout = dropout });
        using var _ = no_grad();
        using var scope = NewDisposeScope();
        foreach (var (name, parameter) in adapter.NamedParameters)
            parameter.fill_(name.Contains("lora_B", StringComparison.Ordinal) ? 0.01f : 0.02f);
        return adapter;
    }
}
