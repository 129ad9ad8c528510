using PeftLabs.Labs;
using PeftLabs.Tokenization;
using PeftLabs.Training;

namespace PeftLabs.Tests.Labs.Runs;

public class TaskDataTests
{
    private readonly HuggingFaceTokenizer _tokenizer = HuggingFaceTokenizer.Load(Shared.Fixture("models", "stories260K"));

    [Fact]
    public void A_task_is_trained_on_by_its_answers_and_holds_out_its_validation_split()
    {
        using var data = LabData.Task(_tokenizer, "text-to-sql", examples: 8, batch: 4, seed: 3);
        var task = LabTasks.Find("text-to-sql");
        using var batch = data.Once().First();
        var answers = task.Examples(TaskSplit.Train).Take(4).Sum(e => LabExamples.Tokenize(_tokenizer, e) is var t ? t.Ids.Count - t.PromptTokens : 0);
        Assert.Equal(answers, CausalLoss.CountTargets(batch));
        Assert.Equal(task.Examples(TaskSplit.Validation).Take(2).Select(e => e.Prompt), data.Prompts(2));
    }

    [Fact]
    public void As_running_text_it_is_cut_into_pieces_of_one_length_of_which_every_token_is_a_target()
    {
        using var data = LabData.TaskText(_tokenizer, "ticket-triage", tokens: 40, examples: 6, batch: 3, seed: 3);
        using var batch = data.Once().First();
        Assert.Equal([3L, 40L], batch.Ids.shape);
        Assert.Equal(3 * 39, CausalLoss.CountTargets(batch));
        var example = LabTasks.Find("ticket-triage").Examples(TaskSplit.Train).First();
        Assert.StartsWith(_tokenizer.Decode(batch.Ids[0].data<long>().ToArray().Take(20).Select(id => (int)id))!.Trim(), (example.Prompt + example.Completion).Trim());
        Assert.NotEqual(data.Hash, data.HeldOut(6).Hash);
    }

    [Theory]
    [InlineData(null, "need the name of a Task")]
    [InlineData("sql", "There is no task 'sql'; there are text-to-sql")]
    public void A_task_that_is_not_named_or_not_there_is_refused(string? task, string expected)
    {
        foreach (var kind in new[] { DataKind.Task, DataKind.TaskText })
        {
            var error = Assert.Throws<ArgumentException>(() => LabData.Make(new() { Kind = kind, Task = task }, _tokenizer.VocabularySize, _tokenizer));
            Assert.Contains(expected, error.Message);
        }
    }
}
