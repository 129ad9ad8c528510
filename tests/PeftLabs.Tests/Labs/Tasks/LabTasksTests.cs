using System.Security.Cryptography;
using System.Text;
using PeftLabs.Labs;

namespace PeftLabs.Tests.Labs.Tasks;

/// <summary>What holds for every task.</summary>
public class LabTasksTests
{
    public static TheoryData<string> Names => [.. LabTasks.All.Select(task => task.Name)];

    [Theory]
    [InlineData("text-to-sql", "2b203f3432da33fa")]
    [InlineData("ticket-triage", "cbd52e915438ee47")]
    [InlineData("writing-style", "24a1a6c18dd4f84f")]
    public void Examples_are_the_same_everywhere(string name, string hash) =>
        Assert.Equal(hash, Hash(Enum.GetValues<TaskSplit>().SelectMany(split => LabTasks.Find(name).Examples(split, 42).Take(300))));

    [Theory]
    [MemberData(nameof(Names))]
    public void Splits_share_no_prompt_whatever_their_seeds(string name)
    {
        var seen = new Dictionary<string, TaskSplit>();
        foreach (var seed in new ulong[] { 0, 1, ulong.MaxValue })
            foreach (var split in Enum.GetValues<TaskSplit>())
                foreach (var example in LabTasks.Find(name).Examples(split, seed).Take(split == TaskSplit.Train ? 2000 : 300))
                    Assert.True(seen.TryAdd(example.Prompt, split) || seen[example.Prompt] == split, example.Prompt);
        Assert.True(seen.Count > 0.9 * 3 * 2600, $"of {3 * 2600} prompts {seen.Count} differ");
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void A_reference_scores_1_on_every_metric_and_fits_its_limits(string name)
    {
        var task = LabTasks.Find(name);
        Assert.All(task.Examples(TaskSplit.HeldOut, 3).Take(200), example =>
        {
            var scores = task.Score(example, example.Completion);
            Assert.Equal(1, scores[0]);
            Assert.All(task.Metrics.Zip(scores), pair => Assert.InRange(pair.Second, pair.First == "classifier" ? 0.95 : 1, 1));
            Assert.StartsWith(" ", example.Completion);
            Assert.DoesNotContain(task.Stop, example.Completion);
            Assert.InRange(example.Prompt.Length + example.Completion.Length, 1, 400);
        });
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void An_empty_answer_an_echo_and_the_answer_to_another_prompt_score_0(string name)
    {
        var task = LabTasks.Find(name);
        var examples = task.Examples(TaskSplit.HeldOut, 4).Take(101).ToList();
        Assert.All(examples, example => Assert.Equal(0, task.Score(example, "")[0]));
        Assert.All(examples, example => Assert.Equal(0, task.Score(example, $" {example.Prompt.Split('\n')[0]}")[0]));
        Assert.All(examples.Zip(examples.Skip(1)), pair => Assert.Equal(0, task.Score(pair.First, pair.Second.Completion)[0]));
    }

    [Fact]
    public void An_unknown_name_is_answered_with_those_there_are()
    {
        var error = Assert.Throws<ArgumentException>(() => LabTasks.Find("sql"));
        Assert.Contains("There is no task 'sql'; there are text-to-sql", error.Message);
    }

    private static string Hash(IEnumerable<InstructionExample> examples) => Convert.ToHexStringLower(
        SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('\0', examples.Select(example => example.Prompt + example.Completion)))))[..16];
}
