using PeftLabs.Labs;
using PeftLabs.Tests.Formats;
using PeftLabs.Tokenization;
using PeftLabs.Training;

namespace PeftLabs.Tests.Labs.Runs;

public sealed class FileDataTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly HuggingFaceTokenizer _tokenizer = HuggingFaceTokenizer.Load(Shared.Fixture("models", "stories260K"));

    public FileDataTests() => File.WriteAllLines(Records, Enumerable.Range(0, 20).Select(i => $$"""{"prompt": "Say {{i}}:", "completion": " {{i}} it is"}"""));

    public void Dispose() => _folder.Dispose();

    private string Records => _folder["records.jsonl"];

    private DataRecipe Recipe => new() { Kind = DataKind.File, File = new(Records), Examples = null, Batches = new() { Size = 4, Seed = 3 } };

    private LabData Make(DataRecipe recipe) => LabData.Make(recipe, _tokenizer.VocabularySize, _tokenizer);

    private static List<string> Seen(LabData data) =>
        [.. data.Once().SelectMany(batch => Enumerable.Range(0, (int)batch.Ids.shape[0]).Select(row => string.Join(' ', batch.Ids[row].data<long>().ToArray().TakeWhile(id => id != 0))))];

    [Fact]
    public void All_records_are_trained_on_and_only_what_is_answered_is_learned()
    {
        using var data = Make(Recipe);
        Assert.Equal(20, data.Examples);
        using var batch = data.Batches().First();
        var targets = CausalLoss.CountTargets(batch);
        Assert.InRange(targets, 4 * 3, 4 * 12);
        Assert.True(targets < batch.Tokens - batch.PaddingTokens - 4);
        Assert.Equal(ContentHash.Of(Records), data.Recipe.File!.Hash);
        using var few = Make(Recipe with { Examples = 5 });
        Assert.Equal(5, few.Examples);
        Assert.NotEqual(data.Hash, few.Hash);
    }

    [Fact]
    public void A_share_that_the_seed_draws_is_held_out_and_never_trained_on()
    {
        using var data = Make(Recipe with { ValidationShare = 0.25 });
        Assert.Equal(15, data.Examples);
        var (train, heldOut) = (Seen(data), Seen(data.HeldOut(100)));
        Assert.Equal((15, 5), (train.Count, heldOut.Count));
        Assert.Empty(train.Intersect(heldOut));
        Assert.Equal(2, data.HeldOut(2).Examples);
        Assert.All(data.Prompts(3), prompt => Assert.Contains("Say ", prompt));
        using var other = Make(Recipe with { ValidationShare = 0.25, Batches = new() { Size = 4, Seed = 4 } });
        Assert.NotEqual(heldOut, Seen(other.HeldOut(100)));
        Assert.Contains("leaves none", Assert.Throws<ArgumentException>(() => Make(Recipe with { ValidationShare = 0.99 })).Message);
    }

    [Fact]
    public void Another_file_is_held_out_and_without_one_nothing_is()
    {
        File.WriteAllText(_folder["other.csv"], "prompt,completion\nSay it:,it is\n");
        using var data = Make(Recipe with { Validation = new(_folder["other.csv"]) });
        Assert.Equal((20, 1), (data.Examples, data.HeldOut(8).Examples));
        using var without = Make(Recipe);
        Assert.Contains("Nothing is held out", Assert.Throws<ArgumentException>(() => without.HeldOut(8)).Message);
    }

    [Fact]
    public void A_text_file_is_cut_into_pieces()
    {
        File.WriteAllText(_folder["story.txt"], string.Concat(Enumerable.Repeat("Once upon a time there was a dog.\n", 100)));
        using var data = Make(Recipe with { File = new(_folder["story.txt"]), Tokens = 16, ValidationShare = 0.1 });
        using var batch = data.Batches().First();
        Assert.Equal([4, 16], batch.Ids.shape);
        Assert.Equal(4 * 15, CausalLoss.CountTargets(batch));
        Assert.NotEmpty(data.Prompts(1)[0]);
        var error = Assert.Throws<InvalidDataException>(() => Make(Recipe with { File = new(_folder["story.txt"]), Tokens = 1 << 20 }));
        Assert.Contains("fewer than 1048576 tokens", error.Message);
    }

    [Fact]
    public void Text_that_is_not_UTF_8_and_records_held_out_of_text_are_refused()
    {
        File.WriteAllBytes(_folder["latin.txt"], [.. "Once upon\ntime "u8, 0xE9, .. " went by\n"u8]);
        var text = Recipe with { File = new(_folder["latin.txt"]), Tokens = 4 };
        Assert.Contains("line 2, column 6: the byte 0xE9 is not UTF-8", Assert.Throws<InstructionDataException>(() => Make(text)).Message);
        Assert.Contains("of the same kind", Assert.Throws<ArgumentException>(() => Make(text with { Validation = new(Records) })).Message);
        Assert.Contains("is a folder", Assert.Throws<FileNotFoundException>(() => Make(Recipe with { File = new(_folder.Path) })).Message);
    }

    [Fact]
    public void More_steps_than_can_be_counted_are_refused()
    {
        using var data = Make(Recipe);
        Assert.Contains("steps; there may be", Assert.Throws<ArgumentOutOfRangeException>(() => data.StepsOf(1e300, 3)).Message);
        Assert.Equal(4, data.StepsOf(2, 3));
    }

    [Fact]
    public void A_file_that_is_another_than_was_recorded_is_refused_and_so_is_one_that_is_gone()
    {
        using (var data = Make(Recipe))
            Assert.Equal(20, Make(data.Recipe).Examples);
        var recorded = Recipe with { File = new(Records) { Hash = new string('0', 64) } };
        Assert.Contains("is another now: its hash was 000", Assert.Throws<InvalidDataException>(() => Make(recorded)).Message);
        Assert.Contains("does not exist", Assert.Throws<FileNotFoundException>(() => Make(Recipe with { File = new("gone.jsonl") })).Message);
    }

    [Fact]
    public void A_record_that_is_not_right_is_told_with_its_line()
    {
        File.AppendAllText(Records, "{\"prompt\": 1}\n");
        Assert.Contains("records.jsonl, line 21", Assert.Throws<InstructionDataException>(() => Make(Recipe)).Message);
        File.WriteAllText(Records, """{"messages": [{"role": "assistant", "content": "Hi"}]}""");
        Assert.Contains("needs a chat template", Assert.Throws<InstructionDataException>(() => Make(Recipe)).Message);
        using var chatml = Make(Recipe with { Template = "chatml" });
        Assert.Equal(1, chatml.Examples);
        Assert.Contains("no chat template 'nothing'", Assert.Throws<FileNotFoundException>(() => Make(Recipe with { Template = "nothing" })).Message);
    }

    [Fact]
    public void A_task_s_examples_end_with_the_token_that_ends_a_text_and_have_no_end_themselves()
    {
        var recipe = new DataRecipe { Kind = DataKind.Task, Task = "text-to-sql", Examples = 3, Batches = new() { Size = 3 } };
        using var data = Make(recipe);
        var (train, heldOut) = (Seen(data), Seen(data.HeldOut(3)));
        Assert.Empty(train.Intersect(heldOut));
        Assert.All(data.Prompts(2), prompt => Assert.EndsWith("SQL:", prompt));
        Assert.Contains("without end", Assert.Throws<ArgumentException>(() => Make(recipe with { Examples = null })).Message);
        Assert.Contains("need the name of a Task", Assert.Throws<ArgumentException>(() => Make(recipe with { Task = null })).Message);
        using var other = Make(recipe with { TaskSeed = 1 });
        Assert.NotEqual(train, Seen(other));
    }

    [Theory]
    [InlineData(BatchKind.Padded, 1, 1, 5)] // 20 examples in batches of 4
    [InlineData(BatchKind.Padded, 1, 2, 3)]
    [InlineData(BatchKind.Padded, 0.5, 1, 3)]
    [InlineData(BatchKind.Padded, 0.1, 1, 1)]
    [InlineData(BatchKind.Padded, 2.5, 1, 13)]
    [InlineData(BatchKind.Bucketed, 3, 1, 15)]
    [InlineData(BatchKind.Bucketed, 1.5, 1, 8)]
    [InlineData(BatchKind.Bucketed, 2, 4, 3)]
    public void Passes_over_the_examples_make_so_many_steps(BatchKind kind, double epochs, int accumulate, int steps)
    {
        using var data = Make(Recipe with { Batches = new() { Kind = kind, Size = 4 } });
        Assert.Equal(steps, data.StepsOf(epochs, accumulate));
    }

    [Theory]
    [InlineData(BatchKind.Packed, 64), InlineData(BatchKind.Dynamic, 64)]
    public void A_pass_over_packed_or_dynamic_batches_has_each_example_once(BatchKind kind, int tokens)
    {
        using var data = Make(Recipe with { Batches = new() { Kind = kind, Size = 2, Tokens = tokens } });
        var ids = data.Batches().Take(data.StepsOf(1, 1)).Sum(batch => batch.Tokens - batch.PaddingTokens);
        using var each = Make(Recipe with { Batches = new() { Size = 20 } });
        Assert.Equal(each.Batches().Take(1).Sum(batch => batch.Tokens - batch.PaddingTokens), ids);
        Assert.Throws<ArgumentOutOfRangeException>(() => data.StepsOf(0, 1));
    }
}
