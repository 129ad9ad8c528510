using PeftLabs.Labs;

namespace PeftLabs.Tests.Labs.Tasks;

public class HeraldTaskTests
{
    private static readonly HeraldTask Task = new();

    private static readonly List<InstructionExample> Held = [.. Task.Examples(TaskSplit.HeldOut, 1).Take(500)];

    private static readonly InstructionExample Example = new(
        "Plain: Anna bought a small drum in the market on Monday. She was very sad.\nHerald:",
        " Hear ye! On Monday a wee drum did Anna buy within the market, and right woeful was she.");

    [Fact]
    public void Classifier_tells_styled_from_plain_in_nearly_all_that_is_held_out()
    {
        var styled = Held.Count(example => Task.Score(example, example.Completion)[2] > 0.5);
        var plain = Held.Count(example => Task.Score(example, Plain(example))[2] < 0.5);
        Assert.InRange((styled + plain) / (2.0 * Held.Count), 0.98, 1);
    }

    [Fact]
    public void The_call_alone_makes_no_style() =>
        Assert.All(Held, example => Assert.Equal(0, Task.Score(example, $"Hear ye! {Plain(example)}")[0]));

    [Fact]
    public void Two_classifiers_of_the_same_texts_are_the_same() =>
        Assert.Equal(Task.Score(Example, "Hear ye! She sang."), new HeraldTask().Score(Example, "Hear ye! She sang."));

    [Theory]
    [InlineData(1, 1, "Hear ye! On Monday did Anna buy a wee drum within the market, and right woeful was she.")]
    [InlineData(0, 0.8, "Hear ye! On Friday a wee drum did Anna buy within the market, and right woeful was she.")]
    [InlineData(0, 0.8, "Hear ye! On Monday a wee drum did Anna sell within the market, and right woeful was she.")]
    [InlineData(0, 0, "Hear ye! Unto the castle did Tom ride, and three keys did he lose.")]
    public void Style_counts_where_the_content_is_kept(double style, double kept, string answer) =>
        Assert.Equal([style, kept], Task.Score(Example, answer).Take(2));

    [Fact]
    public void An_answer_that_goes_on_and_on_is_not_right() =>
        Assert.Equal([0, 1], Task.Score(Example, $"{Example.Completion} And unto the river did she march, and two keys did she find.").Take(2));

    [Fact]
    public void Content_words_are_what_happened_and_not_how_it_is_said() =>
        Assert.Equal(["anna", "buy", "drum", "market", "monday"], ContentWords.Of(Example.Completion).Order());

    [Fact]
    public void Content_of_a_reference_stands_in_its_prompt_but_for_the_verbs() => Assert.All(Held, example =>
    {
        var verbs = HeraldWords.Moves.Concat(HeraldWords.Deeds).Append("give").ToHashSet();
        var plain = ContentWords.All(Plain(example)).ToHashSet();
        Assert.All(ContentWords.Of(example.Completion), word => Assert.True(plain.Contains(word) || verbs.Contains(word), $"{word} in {example}"));
    });

    private static string Plain(InstructionExample example) => example.Prompt["Plain: ".Length..^"\nHerald:".Length];
}
