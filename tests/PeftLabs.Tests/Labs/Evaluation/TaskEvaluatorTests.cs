using PeftLabs.Labs;
using PeftLabs.Memory;
using PeftLabs.Models;
using PeftLabs.Models.Generation;
using PeftLabs.Tokenization;
using PeftLabs.Training;
using TorchSharp;

namespace PeftLabs.Tests.Labs.Evaluation;

[Collection("Memory")]
public sealed class TaskEvaluatorTests : IDisposable
{
    private static readonly string[] s_prompts =
        ["Once upon a time", "Lily", "The dog ran to the big tree and saw a small", "One day, Tim", "Ben and Mia like to play. They", "Mom"];

    private readonly CausalLM _model = CausalLM.Load(Shared.Fixture("models", "stories260K"));
    private readonly HuggingFaceTokenizer _tokenizer = HuggingFaceTokenizer.Load(Shared.Fixture("models", "stories260K"));

    public void Dispose() => _model.Dispose();

    // Every other example has what the model itself writes as its completion.
    private ListTask Task(int most = 6) =>
        new([.. s_prompts.Take(most).Select((prompt, i) => new InstructionExample(prompt, i % 2 == 0 ? Alone(prompt) : " nothing"))]);

    private string Alone(string prompt) => new TextCompletion(_model, _tokenizer).Generate(
        _tokenizer.EncodeToIds(prompt, true), new() { MaxNewTokens = 12, StopStrings = ["."] }, cancellation: TestContext.Current.CancellationToken).Text;

    private TaskEvaluation Evaluate(LabTask task, EvaluationOptions? options = null,
        IProgress<EvaluationProgress>? progress = null, CancellationToken? cancellation = null) =>
        new TaskEvaluator(_model, _tokenizer).Evaluate(task, options, progress, cancellation ?? TestContext.Current.CancellationToken);

    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    [InlineData(32)]
    public void Answers_in_batches_are_those_alone_in_the_task_s_order(int batch)
    {
        var evaluation = Evaluate(Task(), new() { BatchSize = batch });
        Assert.Equal(s_prompts, evaluation.Examples.Select(e => e.Prompt));
        Assert.Equal(s_prompts.Select(Alone), evaluation.Examples.Select(e => e.Answer));
        Assert.Equal([true, false, true, false, true, false], evaluation.Examples.Select(e => e.IsRight));
    }

    [Fact]
    public void Metrics_are_means_with_their_intervals()
    {
        var evaluation = Evaluate(Task());
        var (low, high) = Proportions.Wilson(3, 6);
        Assert.Equal(new MetricScore("exact match", 0.5, low, high), evaluation.Metrics[0]);
        Assert.Equal(evaluation.Examples.Average(e => e.Scores[1]), evaluation.Metrics[1].Mean);
        Assert.True(evaluation.Metrics[1].Low < evaluation.Metrics[1].Mean && evaluation.Metrics[1].Mean < evaluation.Metrics[1].High);
        Assert.Equal(3, evaluation.Failures.Count());
    }

    [Theory]
    [InlineData(1)]
    [InlineData(40)]
    [InlineData(4096)]
    public void Loss_of_the_expected_answers_is_that_of_training(int tokensAtOnce)
    {
        var evaluation = Evaluate(Task(), new() { TokensAtOnce = tokensAtOnce });
        foreach (var example in evaluation.Examples)
        {
            var tokens = LabExamples.Tokenize(_tokenizer, new(example.Prompt, example.Expected));
            using var batch = Batches.Collate([tokens]);
            using var loss = CausalLoss.Compute(_model, batch);
            Assert.Equal(tokens.LearnedTokens, example.Loss.Tokens);
            Assert.Equal((double)loss.item<float>(), example.Loss.Nats / example.Loss.Tokens, 1e-5);
        }
        Assert.Equal(evaluation.Examples.Sum(e => e.Loss.Nats) / evaluation.Examples.Sum(e => e.Loss.Tokens), evaluation.Loss.Mean, 1e-12);
    }

    [Fact]
    public void A_model_that_has_learned_its_examples_is_right_on_them()
    {
        InstructionExample[] examples = [new("red:", " apple"), new("blue:", " sky and sea"), new("Schema: a(b)\nSQL:", " SELECT b;")];
        var task = new ListTask(examples);
        _model.SetTrainable(true);
        using (var trainer = new Trainer(_model, _model.named_parameters(), new() { Steps = 40, LearningRate = 4e-3 }))
            trainer.Run(Batches.Shuffled([.. examples.Select(e => LabExamples.Tokenize(_tokenizer, e))], 3, seed: 1), cancellation: TestContext.Current.CancellationToken);
        var evaluation = Evaluate(task);
        Assert.Equal(examples.Select(e => e.Completion), evaluation.Examples.Select(e => e.Answer));
        Assert.Equal((1.0, 1.0, 0), (evaluation.Metrics[0].Mean, evaluation.Metrics[1].Mean, evaluation.Cut));
        Assert.InRange(evaluation.Loss.Mean, 0, 0.1);
    }

    [Fact]
    public void Answers_end_before_the_stop_or_are_cut_at_the_most_tokens()
    {
        var evaluation = Evaluate(Task());
        Assert.All(evaluation.Examples, e => Assert.DoesNotContain('.', e.Answer));
        Assert.Equal(evaluation.Examples.Count(e => e.IsCut), evaluation.Cut);
        Assert.Contains(evaluation.Examples, e => e.IsCut);
        Assert.InRange(evaluation.GeneratedTokens, 6, 6 * 12);
    }

    [Fact]
    public void Model_is_left_in_its_mode_and_progress_reaches_the_end()
    {
        var told = new List<EvaluationProgress>();
        _model.train();
        Evaluate(Task(3), progress: new Listener(told.Add));
        Assert.True(_model.training);
        Assert.Equal([("list, losses", 3L), ("list, answers", 3L)], told.Where(p => p.Done == p.Total).Select(p => (p.What, p.Done)));
        Assert.Matches("^list, answers: 3 of 3 examples, [0-9.,]+ examples/s$", told[^1].ToString());
    }

    [Fact]
    public void Every_tensor_of_an_evaluation_is_freed()
    {
        using var meter = MemoryMeter.Start();
        Ask();
        var before = (DisposeScopeManager.Statistics.ThreadTotalLiveCount, meter.CurrentBytes);
        Ask();
        Assert.Equal(before, (DisposeScopeManager.Statistics.ThreadTotalLiveCount, meter.CurrentBytes));

        void Ask() => ModelEvaluation.Of("model", _model, _tokenizer, [Task(3)], TextDocuments.General(2),
            new() { TokensAtOnce = 100, Window = 40 }, cancellation: TestContext.Current.CancellationToken);
    }

    [Fact]
    public void Cancelled_it_stops_between_two_tokens()
    {
        using var source = new CancellationTokenSource();
        var listener = new Listener(told =>
        {
            if (told.What == "list, answers")
                source.Cancel();
        });
        Assert.Throws<OperationCanceledException>(() => Evaluate(Task(), new() { BatchSize = 1 }, listener, source.Token));
        Assert.Equal(0.5, Evaluate(Task()).Metrics[0].Mean);
    }

    [Fact]
    public void What_cannot_be_evaluated_is_refused_with_the_task_s_name()
    {
        var example = new InstructionExample("Lily", " ran");
        Assert.Contains("list has no Validation example", Refused(Task(), new() { Split = TaskSplit.Validation }));
        Assert.Contains("Example 2 of list has", Refused(new ListTask(example, new(string.Join(' ', Enumerable.Repeat("dog", 600)), " ran")), new()));
        var wrong = new ListTask(example) { Scoring = (_, _) => [1, double.NaN] };
        Assert.Contains("scored an answer 1, NaN", Assert.Throws<InvalidOperationException>(() => Evaluate(wrong)).Message);
    }

    [Theory]
    [InlineData("Examples is 0")]
    [InlineData("BatchSize is -1")]
    [InlineData("Window is 1")]
    public void Options_out_of_range_are_refused(string message) => Assert.Contains(message, Assert.Throws<ArgumentOutOfRangeException>(() => message[0] switch
    {
        'E' => new EvaluationOptions { Examples = 0 },
        'B' => new EvaluationOptions { BatchSize = -1 },
        _ => new EvaluationOptions { Window = 1 },
    }).Message);

    private string Refused(LabTask task, EvaluationOptions options) => Assert.Throws<ArgumentException>(() => Evaluate(task, options)).Message;

    internal sealed class Listener(Action<EvaluationProgress> told) : IProgress<EvaluationProgress>
    {
        public void Report(EvaluationProgress value) => told(value);
    }
}
