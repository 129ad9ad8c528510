using PeftLabs.Labs;
using PeftLabs.Models;
using PeftLabs.Quantization;
using PeftLabs.Tests.Formats;
using PeftLabs.Training;

namespace PeftLabs.Tests.Labs.Train;

public class TrainConfigTests
{
    private const string Small = """
        model: smollm2-135m
        data:
          generated: random-tokens

        """;

    private static TrainSetting Option(string name, string text) => new(TrainKeys.Find(name), text, $"--{name}");

    [Fact]
    public void Every_option_has_one_name_in_small_letters_and_hyphens()
    {
        Assert.Equal(TrainKeys.All.Count, TrainKeys.All.Select(key => key.Name).Distinct().Count());
        Assert.All(TrainKeys.All, key => Assert.Matches("^[a-z0-9]+(-[a-z0-9]+)*$", key.Name));
        Assert.All(TrainKeys.All, key => Assert.NotEmpty(key.Option.Description));
        Assert.DoesNotContain(TrainKeys.All, key => key.Section.Length == 0 && TrainKeys.Sections.Contains(key.Name));
    }

    [Fact]
    public void What_is_not_said_is_LoRA_of_rank_16_in_float32()
    {
        var run = TrainConfig.Parse(Small).Run;
        Assert.Equal(("smollm2-135m", 16, 32.0), (run.Model.Shape, run.Lora!.Rank, run.Lora.Alpha));
        Assert.True(run.Lora.TargetModules!.IsAllLinear);
        Assert.Equal(new TrainingOptions(), run.Training);
        Assert.Equal((WeightFormat.Float32, 0, 0), (run.Loading.Projections, run.HeldOut, run.Samples));
    }

    [Fact]
    public void Every_option_that_is_said_arrives()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder["train.jsonl"], "");
        var config = TrainConfig.Parse($$"""
            # a comment
            name: "a run: of mine"
            model: smollm2-135m
            method: qlora
            format: nf4
            embedding: int8
            stream: true
            lora: {rank: 4, alpha: 4, dropout: 0.1, targets: [q_proj, v_proj], exclude: '.*\.(up|down)_proj', rslora: true, bias: lora-only, init: gaussian}
            data:
              file: {{folder["train.jsonl"]}}
              validation-share: 0.25
              template: chatml
              max-tokens: 99
            batch: 3
            batching: packed
            batch-tokens: 64
            truncate: true
            epochs: 1.5
            seed: 7
            optimizer: paged-adamw8bit
            checkpointing: every-3
            saved-activations: bfloat16
            max-gradient-norm: .inf
            fused-step: true
            save: {output: out, checkpoint-every: 5}
            evaluate: {validate-every: 2, validation-examples: 9, text-examples: 5}
            """);
        var run = config.Run;
        Assert.Equal(("a run: of mine", "nf4", "int8", "int8"), (run.Name, run.Loading.Projections.Name, run.Loading.Embedding.Name, run.Loading.Head.Name));
        Assert.NotNull(run.Loading.Streaming);
        Assert.Equal((4, 4.0, 0.1, true), (run.Lora!.Rank, run.Lora.Alpha, run.Lora.Dropout, run.Lora.UseRsLora));
        Assert.Equal(["q_proj", "v_proj"], run.Lora.TargetModules!.Names!);
        Assert.Equal(@".*\.(up|down)_proj", run.Lora.ExcludeModules!.Pattern);
        Assert.Equal((DataKind.File, (int?)null, 0.25, "chatml", 99), (run.Data.Kind, run.Data.Examples, run.Data.ValidationShare, run.Data.Template, run.Data.MaxTokens));
        Assert.Equal(new BatchOptions { Kind = BatchKind.Packed, Size = 3, Tokens = 64, Truncate = true, Seed = 7 }, run.Data.Batches);
        Assert.Equal((1.5, 7UL, "out", 5), (config.Epochs, run.Training.Seed, config.Output, config.TextExamples));
        Assert.Equal((OptimizerKind.PagedAdamW8Bit, "every-3", ActivationType.BFloat16, double.PositiveInfinity, true, 5),
            (run.Training.Optimizer, run.Training.Checkpointing.Name, run.Training.SavedActivations, run.Training.MaxGradientNorm, run.Training.FusedStep, run.Training.CheckpointEvery));
        Assert.Equal((2, 9), (run.ValidateEvery, run.HeldOut));
        RequireSame(config);
    }

    [Theory]
    [InlineData("method: full\nlearning-rate: 5e-5\n")]
    [InlineData("method: qlora\nlora:\n  targets: q_proj\n")]
    [InlineData("fused-step: true\noptimizer: galore\ngalore-rank: 3\n")]
    public void A_printed_run_is_the_same_when_it_is_read_again(string more) => RequireSame(TrainConfig.Parse(Small + more));

    private static void RequireSame(TrainConfig config)
    {
        var again = TrainConfig.Parse(config.ToYaml());
        Assert.Equal(config.Run.Portable().ToJson().ToJsonString(), again.Run.Portable().ToJson().ToJsonString());
        Assert.Equal((config.Epochs, config.Output, config.Merged, config.TaskExamples, config.TextExamples), (again.Epochs, again.Output, again.Merged, again.TaskExamples, again.TextExamples));
        Assert.Equal(config.ToYaml(), again.ToYaml());
    }

    [Fact]
    public void The_order_of_options_does_not_matter()
    {
        var one = TrainConfig.Parse("lora:\n  alpha: 3\n  rank: 5\nformat: nf4\nmethod: qlora\n" + Small);
        Assert.Equal((5, 3.0, "nf4", "bfloat16"), (one.Run.Lora!.Rank, one.Run.Lora.Alpha, one.Run.Loading.Projections.Name, one.Run.Loading.Embedding.Name));
    }

    [Theory]
    [InlineData("rnak: 8\n", "a.yaml:4:1: there is no option 'rnak' at the top; nearest are ")]
    [InlineData("lora:\n  rnak: 8\n", "a.yaml:5:3: there is no option 'rnak' in lora; nearest are rank, ")]
    [InlineData("rank: 8\n", "a.yaml:4:1: rank stands at the top; it belongs in lora.")]
    [InlineData("lora:\n  steps: 8\n", "a.yaml:5:3: steps stands in lora; it belongs at the top.")]
    [InlineData("steps: many\n", "a.yaml:4:1: steps is 'many'; it must be a whole number.")]
    [InlineData("steps: 2.5\n", "a.yaml:4:1: steps is '2.5'; it must be a whole number.")]
    [InlineData("steps: 0\n", "a.yaml:4:1: steps is '0': Steps is 0; it must be a whole number above 0.")]
    [InlineData("steps:\n", "a.yaml:4:7: steps has no value.")]
    [InlineData("steps: {a: 1}\n", "a.yaml:4:8: steps is a mapping; a value belongs there.")]
    [InlineData("lora: 16\n", "a.yaml:4:7: '16' where the options of lora belong: rank, alpha, ")]
    [InlineData("lora: [rank]\n", "a.yaml:4:7: a list where the options of lora belong")]
    [InlineData("steps: 3\nsteps: 4\n", "a.yaml:5:1: steps stands here a second time; the first is a.yaml:4:1.")]
    [InlineData("stream: yes\n", "a.yaml:4:1: stream is 'yes'; it must be true or false.")]
    [InlineData("schedule: exponential\n", "schedule is 'exponential'; it must be one of constant, linear, cosine.")]
    [InlineData("format: nf5\n", "format is 'nf5'; There is no weight format 'nf5'; there are float32, ")]
    [InlineData("checkpointing: sometimes\n", "There is no checkpointing 'sometimes'")]
    [InlineData("method: full\nlora:\n  rank: 3\n", "a.yaml:6:3: lora.rank is for the methods lora and qlora; method is full.")]
    [InlineData("method: full\nformat: nf4\n", "a.yaml:5:1: full fine-tuning trains the weights themselves")]
    [InlineData("steps: 3\nepochs: 1\n", "a.yaml:5:1: epochs is given beside steps, and both say how long it trains: leave one out.")]
    [InlineData("epochs: -1\n", "Epochs is -1; it must be a number above 0.")]
    [InlineData("batching: packed\n", "a.yaml:4:1: batching is packed, which needs batch-tokens: the tokens of a row.")]
    [InlineData("truncate: true\n", "a.yaml:4:1: truncate needs batch-tokens: the length to cut to.")]
    [InlineData("fused-step: true\nmax-gradient-norm: 1\n", "a.yaml:5:1: max-gradient-norm needs")]
    [InlineData("evaluate:\n  validate-every: 3\n", "a.yaml:5:3: evaluate.validate-every needs held-out examples")]
    [InlineData("evaluate:\n  task-examples: 3\n", "a.yaml:5:3: evaluate.task-examples is for a task (data.task).")]
    [InlineData("save: &a {output: b}\nlora: *a\n", "the alias *a (aliases are not read)")]
    [InlineData("lora:\n  rank: &r 8\n  alpha: *r\n", "a.yaml:6:10: alpha is the alias *r (aliases are not read); a value belongs there.")]
    [InlineData("steps: 99999999999\n", "a.yaml:4:1: steps is '99999999999'; it must be from -2147483648 to 2147483647.")]
    [InlineData("steps: 3\n\tepochs: 1\n", "this is no YAML")]
    [InlineData("---\nsteps: 3\n", "a.yaml:4:1: a second document")]
    public void What_is_not_right_is_told_with_its_place_and_what_would_be(string more, string message)
    {
        var error = Assert.Throws<TrainConfigException>(() => TrainConfig.Parse(Small + more, "a.yaml"));
        Assert.Contains(message, error.Message);
        Assert.StartsWith("a.yaml:", error.Message);
    }

    [Theory]
    [InlineData("model: nothing-2b\ndata:\n  generated: text\n", "a.yaml:1:1: model is 'nothing-2b': 'nothing-2b' is neither a folder nor a shape")]
    [InlineData("model: someone/something\ndata:\n  generated: text\n", "`./lab pull someone/something` downloads it.")]
    [InlineData("model: smollm2-135m\n", "a.yaml: the data are missing: data.task, data.file or data.generated.")]
    [InlineData("model: smollm2-135m\ndata:\n  task: poems\n", "a.yaml:3:3: data.task is 'poems': There is no task 'poems'")]
    [InlineData("model: smollm2-135m\ndata:\n  task: text-to-sql\n  file: a.jsonl\n", "a.yaml:4:3: data.file is given beside data.task")]
    [InlineData("model: smollm2-135m\ndata:\n  task: text-to-sql\n  examples: all\n", "a.yaml:4:3: data.examples is all")]
    [InlineData("model: smollm2-135m\ndata:\n  task: text-to-sql\n  template: chatml\n", "a.yaml:4:3: data.template is for records of a file")]
    [InlineData("data:\n  file: a.jsonl\nevaluate:\n  validation-examples: 4\n", "a.yaml:4:3: nothing of data.file is held out")]
    [InlineData("data:\n  file: a.txt\n  validation: b.jsonl\n", "a.yaml:3:3: data.file and data.validation are of two kinds")]
    [InlineData("just words\n", "a.yaml:1:1: 'just words' where options such as")]
    [InlineData("- a\n", "a.yaml:1:1: a list where options belong")]
    public void A_run_without_a_model_or_data_is_refused(string yaml, string message) =>
        Assert.Contains(message, Assert.Throws<TrainConfigException>(() => TrainConfig.Parse(yaml, "a.yaml")).Message);

    [Fact]
    public void Where_no_model_is_named_the_kit_s_own_has_every_option_of_a_model_in_a_folder()
    {
        var config = TrainConfig.Parse("data:\n  task: text-to-sql\nsave:\n  output: a\n  merged: b\n");
        Assert.Equal((LabModel.Folder, "b"), (config.Run.Model.Folder, config.Merged));
    }

    [Fact]
    public void A_folder_in_the_place_of_the_file_is_called_one() =>
        Assert.Contains("is a folder; a YAML file", Assert.Throws<IOException>(() => TrainConfig.Load(LabModel.Folder)).Message);

    [Fact]
    public void What_is_given_beside_a_file_comes_instead()
    {
        var config = TrainConfig.Parse(Small + "steps: 3\n", "a.yaml", Option("epochs", "2"), Option("rank", "3"), Option("task", "text-to-sql"));
        Assert.Equal((2.0, 3, DataKind.Task), (config.Epochs, config.Run.Lora!.Rank, config.Run.Data.Kind));
        var twice = Assert.Throws<TrainConfigException>(() => TrainConfig.Parse(Small, "a.yaml", Option("rank", "3"), new(TrainKeys.Find("lora.rank"), "4", "--set lora.rank=4")));
        Assert.Equal("--set lora.rank=4: lora.rank was given before, by --rank.", twice.Message);
        var wrong = Assert.Throws<TrainConfigException>(() => TrainConfig.Parse(Small, "a.yaml", Option("rank", "x")));
        Assert.Equal("--rank: lora.rank is 'x'; it must be a whole number.", wrong.Message);
        Assert.Contains("nearest are", Assert.Throws<ArgumentException>(() => TrainKeys.Find("rnak")).Message);
    }
}
