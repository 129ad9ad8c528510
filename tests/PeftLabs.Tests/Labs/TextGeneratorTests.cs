using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;
using PeftLabs.Labs;

namespace PeftLabs.Tests.Labs;

public partial class TextGeneratorTests
{
    private static readonly List<string> Sample = [.. TextGenerator.Documents(7).Take(4000)];

    private static readonly Lazy<List<string>> Questions = new(() =>
        [.. TextGenerator.Documents(3).Where(text => text.StartsWith("Question", StringComparison.Ordinal)).Take(3000)]);

    [Fact]
    public void Documents_are_the_same_everywhere() =>
        Assert.Equal("a1c311d2b1579b8e", Hash(TextGenerator.Documents(42).Take(1000)));

    [Fact]
    public void Document_is_that_of_the_stream_and_seeds_differ()
    {
        Assert.Equal(Sample[123], TextGenerator.Document(7, 123));
        Assert.Equal(Sample.Take(100), TextGenerator.Documents(7).Take(100));
        Assert.DoesNotContain(Sample.Intersect(TextGenerator.Documents(8).Take(4000)), text => text.Split(' ').Length > 40);
    }

    [Fact]
    public void Documents_are_distinct_varied_and_of_bounded_length()
    {
        Assert.True(Sample.Distinct().Count() > 0.99 * Sample.Count);
        Assert.True(Sample.SelectMany(Words).Distinct(StringComparer.OrdinalIgnoreCase).Count() > 800);
        Assert.All(Sample, text => Assert.InRange(text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries).Length, 9, 200));
        Assert.All(Sample, text => Assert.DoesNotMatch("[^\\n -~]", text));
    }

    [Fact]
    public void No_slot_of_the_grammar_is_left_open_and_articles_fit()
    {
        var prose = Sample.Where(text => !text.Contains("print(") && !text.StartsWith("CREATE") && !text.StartsWith('{')).ToList();
        Assert.All(prose, text => Assert.DoesNotMatch("[<>{}]|  ", text));
        Assert.All(prose, text => Assert.DoesNotMatch("\\b[Aa] [aeio]|\\b[Aa]n [^aeiouh]", text));
        Assert.All(prose, text => Assert.DoesNotMatch("[.!?] [a-z]", text.Replace("!\" said", "").Replace("?\" asked", "")));
    }

    [Fact]
    public void Story_keeps_its_characters_and_its_thing()
    {
        var stories = Sample.Where(text => text.Contains(" lost the ")).Take(50).ToList();
        Assert.Equal(50, stories.Count);
        Assert.All(stories, text =>
        {
            var lost = Regex.Match(text, "(\\w+) lost the ([a-z-]+) in the (\\w+)");
            Assert.True(Words(text).Count(word => word == lost.Groups[1].Value) >= 3, text);
            Assert.Matches($"had an? \\w+ {lost.Groups[2].Value}\\.", text);
            Assert.True(Regex.Count(text, $"the {lost.Groups[3].Value}\\b") >= 2, text);
        });
    }

    [Fact]
    public void Shared_things_add_up()
    {
        var numbers = ("zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen "
            + "eighteen").Split(' ').ToList();
        var answers = Sample.SelectMany(text => Difference().Matches(text)).ToList();
        Assert.True(answers.Count > 20);
        Assert.All(answers, match => Assert.Equal(Number(match.Groups[1]) - Number(match.Groups[2]), Number(match.Groups[3])));

        int Number(Group group) => numbers.IndexOf(group.Value.ToLowerInvariant());
    }

    [Fact]
    public void Sums_in_questions_are_right()
    {
        var sums = Sample.SelectMany(text => Sum().Matches(text)).ToList();
        Assert.True(sums.Count > 100);
        Assert.All(sums, match =>
        {
            var (a, b, result) = (int.Parse(match.Groups[1].Value), int.Parse(match.Groups[3].Value), int.Parse(match.Groups[4].Value));
            Assert.Equal(result, match.Groups[2].Value switch { "+" => a + b, "-" => a - b, _ => a * b });
        });
    }

    [Fact]
    public void Sentences_about_tables_are_true()
    {
        var tables = Sample.Where(text => text.StartsWith('|') && text.Contains("together make")).ToList();
        Assert.True(tables.Count > 50);
        Assert.All(tables, text => Assert.Equal(
            Row().Matches(text).Sum(match => int.Parse(match.Groups[1].Value)),
            int.Parse(Regex.Match(text, "together make (\\d+)").Groups[1].Value)));
    }

    [Theory]
    [InlineData("plural of \"goose\"", "two geese.")]
    [InlineData("plural of \"knife\"", "two knives.")]
    [InlineData("plural of \"cherry\"", "two cherries.")]
    [InlineData("plural of \"fox\"", "two foxes.")]
    [InlineData("plural of \"fisherman\"", "two fishermen.")]
    [InlineData("say \"they sob\"", "they sobbed.")]
    [InlineData("say \"they build\"", "they built.")]
    [InlineData("say \"they hurry\"", "they hurried.")]
    [InlineData("say \"they tell stories\"", "they told stories.")]
    public void Words_are_inflected_as_in_English(string asked, string answer) =>
        Assert.Contains(answer, Questions.Value.First(text => text.Contains(asked)));

    private static IEnumerable<string> Words(string text) => Word().Matches(text).Select(match => match.Value);

    private static string Hash(IEnumerable<string> texts) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('\0', texts))))[..16];

    [GeneratedRegex("[A-Za-z]+")]
    private static partial Regex Word();

    [GeneratedRegex("(\\w+) minus (\\w+) is (\\w+)\\.")]
    private static partial Regex Difference();

    [GeneratedRegex("(\\d+) ([+x-]) (\\d+) = (\\d+)\\.")]
    private static partial Regex Sum();

    [GeneratedRegex("^\\| [\\w -]+ \\| (\\d+) \\|", RegexOptions.Multiline)]
    private static partial Regex Row();
}
