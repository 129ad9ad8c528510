using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;
using PeftLabs.Labs;

namespace PeftLabs.Tests.Labs;

public class TaskGeneratorTests
{
    private static readonly List<InstructionExample> Train = [.. TaskGenerator.Train(1).Take(8000)];

    [Fact]
    public void Examples_are_the_same_everywhere()
    {
        Assert.Equal("94df3358246f19a4", Hash(TaskGenerator.Train(42).Take(1000)));
        Assert.Equal("865e41b900c1afe5", Hash(TaskGenerator.HeldOut(42).Take(1000)));
    }

    [Fact]
    public void Train_and_held_out_share_no_prompt_whatever_their_seeds()
    {
        var train = Train.Select(example => example.Prompt).ToHashSet();
        foreach (var seed in new ulong[] { 0, 1, 2, ulong.MaxValue })
            Assert.DoesNotContain(TaskGenerator.HeldOut(seed).Take(2000), example => train.Contains(example.Prompt));
        Assert.True(train.Count > 0.95 * Train.Count);
    }

    [Fact]
    public void Held_out_is_a_tenth_and_of_the_same_kinds()
    {
        var held = TaskGenerator.HeldOut(1).Take(2000).ToList();
        foreach (var word in new[] { "JOIN", "GROUP BY", "HAVING", "ORDER BY", "BETWEEN", "DISTINCT", "(SELECT", "COUNT", "AVG", " OR " })
        {
            var (inTrain, inHeld) = (Share(Train, word), Share(held, word));
            Assert.True(inTrain > 0.02, $"{word} is in {inTrain:P}");
            Assert.InRange(inHeld, inTrain / 2, inTrain * 2);
        }

        static double Share(List<InstructionExample> examples, string word) =>
            examples.Count(example => example.Completion.Contains(word)) / (double)examples.Count;
    }

    [Fact]
    public void Every_query_parses_and_names_only_what_its_schema_has() => Assert.All(Train, example =>
    {
        var (schema, question) = Parts(example);
        SqlChecker.Check(schema, example.Completion.TrimStart());
        Assert.StartsWith(" SELECT ", example.Completion);
        Assert.True(question.EndsWith('.') || question.EndsWith('?'));
    });

    [Fact]
    public void Every_value_in_a_query_stands_in_its_question() => Assert.All(Train, example =>
    {
        var (_, question) = Parts(example);
        foreach (Match value in Regex.Matches(example.Completion, "'([^']*)'|\\b\\d+\\b"))
            if (!value.Value.StartsWith('\'') && example.Completion.Contains("LIMIT"))
                continue; // in words there
            else
                Assert.Contains(value.Value.Trim('\''), question);
    });

    [Fact]
    public void One_prompt_has_one_answer() => Assert.All(Train.GroupBy(example => example.Prompt), group =>
        Assert.Single(group.Select(example => example.Completion).Distinct()));

    [Theory]
    [InlineData("SELECT a FROM t WHERE b = 1")]
    [InlineData("SELECT c FROM t;")]
    [InlineData("SELECT a FROM u;")]
    [InlineData("SELECT a FROM t WHERE a > 'x';")]
    [InlineData("SELECT a FROM t WHERE b BETWEEN 5 AND 2;")]
    [InlineData("SELECT a FROM t ORDER b;")]
    [InlineData("SELECT a FROM t; x")]
    [InlineData("SELECT a? FROM t;")]
    public void Checker_refuses_what_is_wrong(string sql) => Assert.Throws<FormatException>(() => SqlChecker.Check("t(id, a, b)", sql));

    private static (string Schema, string Question) Parts(InstructionExample example)
    {
        var lines = example.Prompt.Split('\n');
        Assert.Equal(3, lines.Length);
        Assert.StartsWith("Schema: ", lines[0]);
        Assert.StartsWith("Question: ", lines[1]);
        Assert.Equal("SQL:", lines[2]);
        return (lines[0]["Schema: ".Length..], lines[1]["Question: ".Length..]);
    }

    private static string Hash(IEnumerable<InstructionExample> examples) => Convert.ToHexStringLower(
        SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('\0', examples.Select(example => example.Prompt + example.Completion)))))[..16];
}
