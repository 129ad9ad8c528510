using PeftLabs.Training;
using PeftLabs.Training.Optimizers;
using TorchSharp;
using static TorchSharp.torch;

namespace PeftLabs.Tests.Training.Optimizers;

[Collection("Memory")]
public class OptimizerStateTests
{
    [Theory, MemberData(nameof(OptimizerRun.Kinds), MemberType = typeof(OptimizerRun))]
    public void Bytes_are_predicted_from_shapes_to_the_byte(OptimizerKind kind)
    {
        var options = OptimizerRun.Options(kind);
        using var run = new OptimizerRun(options, OptimizerRun.Shapes);
        Assert.Equal(0, run.Optimizer.StateBytes);
        run.Steps(0, 1);
        var shapes = OptimizerRun.Shapes.Select(s => s.Shape).ToList();
        Assert.Equal(OptimizerState.Bytes(options, shapes), run.Optimizer.StateBytes);
        Assert.Equal(OptimizerState.ResidentBytes(options, shapes), run.Optimizer.ResidentStateBytes);
        Assert.Equal(run.Optimizer.StateBytes, run.Optimizer.State().Sum(s => s.Tensor.numel() * s.Tensor.element_size()));
        var paged = kind is OptimizerKind.PagedAdamW or OptimizerKind.PagedAdamW8Bit;
        Assert.Equal(paged, run.Optimizer.ResidentStateBytes < run.Optimizer.StateBytes);
        Assert.True(!paged || run.Optimizer.ResidentStateBytes is > 0 and <= 30_000);
    }

    [Fact]
    public void Bytes_a_value_are_what_the_papers_say()
    {
        const long n = 1024;
        Assert.Equal(8.0, PerValue(OptimizerKind.AdamW));
        Assert.Equal(2 + 8 / 256.0, PerValue(OptimizerKind.AdamW8Bit));
        Assert.True(PerValue(OptimizerKind.PagedAdamW8Bit) <= 2.1);
        Assert.Equal(4.0, PerValue(OptimizerKind.Lion));
        Assert.Equal(4.0, PerValue(OptimizerKind.Sgd));
        Assert.Equal(8 * n, Bytes(OptimizerKind.Adafactor, [n, n]));
        Assert.Equal(4 * 3 * 4 * n, Bytes(OptimizerKind.GaLore, [n, n]));
        // Small tensors stay in 32 bits; a block that is not full has its scale too.
        Assert.Equal(8 * 4095, Bytes(OptimizerKind.AdamW8Bit, [4095]));
        Assert.Equal(2 * 4096 + 8 * 16, Bytes(OptimizerKind.AdamW8Bit, [64, 64]));
        Assert.Equal(2 * 4097 + 8 * 17, Bytes(OptimizerKind.AdamW8Bit, [4097]));

        static double PerValue(OptimizerKind kind) => (double)Bytes(kind, [n, n]) / (n * n);
        static long Bytes(OptimizerKind kind, long[] shape) => OptimizerState.Bytes(OptimizerRun.Options(kind), [shape]);
    }

    [Theory, MemberData(nameof(OptimizerRun.Kinds), MemberType = typeof(OptimizerRun))]
    public void A_restored_run_ends_with_the_same_bits(OptimizerKind kind)
    {
        var options = OptimizerRun.Options(kind);
        using var whole = new OptimizerRun(options, OptimizerRun.Shapes);
        whole.Steps(0, 3);
        using var resumed = new OptimizerRun(options, OptimizerRun.Shapes);
        Copy(whole, resumed);
        Assert.Equal(3, resumed.Optimizer.Steps);
        Assert.Equal(whole.Optimizer.StateBytes, resumed.Optimizer.StateBytes);
        whole.Steps(3, 7);
        resumed.Steps(3, 7);
        for (var i = 0; i < OptimizerRun.Shapes.Length; i++)
            Assert.Equal(whole.Values(i), resumed.Values(i));
    }

    [Theory, MemberData(nameof(OptimizerRun.Kinds), MemberType = typeof(OptimizerRun))]
    public void Parameters_moved_one_by_one_end_as_in_a_step(OptimizerKind kind)
    {
        using var whole = new OptimizerRun(OptimizerRun.Options(kind), OptimizerRun.Shapes);
        using var single = new OptimizerRun(OptimizerRun.Options(kind), OptimizerRun.Shapes);
        whole.Steps(0, 3);
        for (var step = 0; step < 3; step++)
        {
            using var scope = NewDisposeScope();
            single.SetGradients(step);
            single.Optimizer.BeginStep();
            for (var i = single.Parameters.Length - 1; i >= 0; i--)
            {
                single.Optimizer.Update(i, 0.01);
                Assert.NotNull(single.Parameters[i].Parameter.grad);
                single.Parameters[i].Parameter.grad = null;
            }
        }
        for (var i = 0; i < OptimizerRun.Shapes.Length; i++)
            Assert.Equal(whole.Values(i), single.Values(i));
    }

    [Theory, MemberData(nameof(OptimizerRun.Kinds), MemberType = typeof(OptimizerRun))]
    public void Nothing_is_left_behind(OptimizerKind kind)
    {
        var before = DisposeScopeManager.Statistics.ThreadTotalLiveCount;
        var files = Files();
        foreach (var operators in new[] { false, true })
        {
            using var run = new OptimizerRun(OptimizerRun.Options(kind), OptimizerRun.Shapes);
            run.Optimizer.ForceOperators = operators;
            run.Steps(0, 2);
            var live = DisposeScopeManager.Statistics.ThreadTotalLiveCount;
            run.Steps(2, 6);
            Assert.Equal(live, DisposeScopeManager.Statistics.ThreadTotalLiveCount);
            _ = run.Optimizer.State().Count();
            Assert.Equal(live, DisposeScopeManager.Statistics.ThreadTotalLiveCount);
            // The file of a paged optimizer has no name while it is used, so that it goes with the process however it ends.
            Assert.Equal(files, Files());
        }
        Assert.Equal(before, DisposeScopeManager.Statistics.ThreadTotalLiveCount);

        static int Files() => Directory.GetFiles(Path.GetTempPath(), "peftlabs-optimizer-*").Length;
    }

    [Fact]
    public void Paged_state_computes_what_state_in_memory_does()
    {
        foreach (var (paged, plain) in new[]
        {
            (OptimizerKind.PagedAdamW, OptimizerKind.AdamW), (OptimizerKind.PagedAdamW8Bit, OptimizerKind.AdamW8Bit),
        })
            foreach (var operators in new[] { false, true })
            {
                using var file = new OptimizerRun(OptimizerRun.Options(paged) with { PagedBudgetBytes = 0 }, OptimizerRun.Shapes);
                using var memory = new OptimizerRun(OptimizerRun.Options(plain), OptimizerRun.Shapes);
                (file.Optimizer.ForceOperators, memory.Optimizer.ForceOperators) = (operators, operators);
                file.Steps(0, 4);
                memory.Steps(0, 4);
                Assert.Equal(0, file.Optimizer.ResidentStateBytes);
                for (var i = 0; i < OptimizerRun.Shapes.Length; i++)
                    Assert.Equal(memory.Values(i), file.Values(i));
            }
    }

    [Fact]
    public void Missing_state_is_named_and_leaves_the_optimizer_as_new()
    {
        using var run = new OptimizerRun(OptimizerRun.Options(OptimizerKind.AdamW8Bit), OptimizerRun.Shapes);
        using var scope = NewDisposeScope();
        var missing = Assert.Throws<InvalidDataException>(() => run.Optimizer.Restore(3, name =>
            name == "a.lora_B.weight/mean.absmax" ? null : Of(name)));
        Assert.Contains("'a.lora_B.weight/mean.absmax'", missing.Message);
        Assert.Contains("adamw8bit", missing.Message);
        var wrong = Assert.Throws<InvalidDataException>(() => run.Optimizer.Restore(3, _ => zeros(4)));
        Assert.Contains("Float32 [4] where adamw8bit needs Byte [70, 64]", wrong.Message);
        Assert.Equal((0, 0), (run.Optimizer.Steps, run.Optimizer.StateBytes));
        Assert.Empty(run.Optimizer.State());
        Assert.Throws<ArgumentOutOfRangeException>(() => run.Optimizer.Restore(-1, _ => null));
        run.Optimizer.Restore(0, _ => throw new InvalidOperationException("Nothing is to be asked for."));
        Assert.Throws<InvalidOperationException>(() => run.Optimizer.Update(0, 0.1));
    }

    [Fact]
    public void Names_and_memory_of_parameters_are_checked()
    {
        using var scope = NewDisposeScope();
        var (a, turned) = (new TorchSharp.Modules.Parameter(ones(2)), new TorchSharp.Modules.Parameter(ones(2, 3).t()));
        Assert.Contains("'a'", Assert.Throws<ArgumentException>(() => Optimizer.Create([("a", a), ("a", a)], new())).Message);
        Assert.Contains("'turned'", Assert.Throws<ArgumentException>(() => Optimizer.Create([("turned", turned)], new())).Message);
    }

    [Fact]
    public void Names_are_read_as_they_are_written()
    {
        foreach (var kind in Enum.GetValues<OptimizerKind>())
            Assert.Equal(kind, OptimizerNames.Parse(OptimizerNames.Name(kind)));
        Assert.Equal("adamw, adamw8bit, paged-adamw, paged-adamw8bit, adafactor, lion, sgd, galore", OptimizerNames.Choices);
        var error = Assert.Throws<FormatException>(() => OptimizerNames.Parse("adam"));
        Assert.Contains("'adam'", error.Message);
        Assert.Contains("paged-adamw8bit", error.Message);
    }

    [Theory]
    [InlineData("base_model.model.model.layers.0.self_attn.q_proj.lora_B.weight", true)]
    [InlineData("layers.0.q_proj.lora_B", true)]
    [InlineData("layers.0.q_proj.lora_A.weight", false)]
    [InlineData("layers.0.my_lora_B.weight", false)]
    [InlineData("layers.0.lora_B.q_proj.weight", false)]
    public void Only_B_learns_faster(string name, bool faster) => Assert.Equal(faster, LoraPlus.IsB(name));

    private static Tensor Of(string name)
    {
        using var twin = new OptimizerRun(OptimizerRun.Options(OptimizerKind.AdamW8Bit), OptimizerRun.Shapes);
        twin.Steps(0, 1);
        return twin.Optimizer.State().Where(s => s.Name == name).Select(s => s.Tensor.clone()).Single();
    }

    private static void Copy(OptimizerRun from, OptimizerRun to)
    {
        using var scope = NewDisposeScope();
        using var _ = no_grad();
        foreach (var (a, b) in from.Parameters.Zip(to.Parameters))
            b.Parameter.copy_(a.Parameter);
        var saved = from.Optimizer.State().ToDictionary(s => s.Name, s => s.Tensor.clone());
        to.Optimizer.Restore(from.Optimizer.Steps, name => saved.GetValueOrDefault(name));
    }
}
