using FsCheck.Xunit;
using PeftLabs.Tests.Formats;
using PeftLabs.Tokenization;
using PeftLabs.Training;

namespace PeftLabs.Tests.Training;

[Collection("Memory")]
public sealed class InstructionDataTests : IDisposable
{
    private static readonly InstructionOptions _options = new() { EndId = 1200 };

    private readonly TemporaryFolder _folder = new();
    private readonly HuggingFaceTokenizer _tokenizer = HuggingFaceTokenizer.Load(Shared.Fixture("tokenizers", "qwen2"));

    private string Data => _folder["talk.jsonl"];

    private string Cache => _folder["cache"];

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void The_second_time_nothing_is_tokenized()
    {
        Write(5);
        List<InstructionProgress> told = [];
        using (var first = Open(progress: new Listener(told)))
        {
            Assert.False(first.WasCached);
            Assert.Equal((5, new FileInfo(Data).Length), (first.Count, told[^1].BytesRead));
            Assert.Equal((5, first.Tokens), (told[^1].Examples, told[^1].Tokens));
            Assert.Equal(first.Sum(example => (long)example.Ids.Count), first.Tokens);
        }
        using var second = Open();
        Assert.True(second.WasCached);
        Check(second, 5);
        Assert.Throws<ArgumentOutOfRangeException>(() => second[5]);
        Assert.Throws<ArgumentOutOfRangeException>(() => second[0].Ids[second[0].Ids.Count]);
    }

    [Fact]
    public void Other_content_template_tokenizer_or_options_make_another_cache()
    {
        Write(2);
        HashSet<string> keys = [];
        Assert.True(keys.Add(KeyOf(_tokenizer, ChatFormats.ChatML, _options)));
        Assert.False(keys.Add(KeyOf(_tokenizer, ChatFormats.ChatML, _options with { })));
        Assert.True(keys.Add(KeyOf(_tokenizer, ChatFormats.ChatML, _options with { MaxTokens = 1000 })));
        Assert.True(keys.Add(KeyOf(_tokenizer, ChatTemplate.Parse(ChatFormats.ChatML.Source + " "), _options)));
        Assert.True(keys.Add(KeyOf(HuggingFaceTokenizer.Load(Shared.Fixture("tokenizers", "smollm")), ChatFormats.ChatML, _options)));
        Write(3);
        Assert.True(keys.Add(KeyOf(_tokenizer, ChatFormats.ChatML, _options)));
        Assert.Equal(keys.Count, Directory.GetFiles(Cache).Length);

        string KeyOf(HuggingFaceTokenizer tokenizer, ChatTemplate template, InstructionOptions options)
        {
            using var data = InstructionData.Open(Data, tokenizer, template, options, Cache, cancellation: TestContext.Current.CancellationToken);
            return data.Key;
        }
    }

    [Fact]
    public void A_damaged_cache_is_made_anew()
    {
        Write(3);
        string path;
        using (var data = Open())
            path = data.CachePath;
        var whole = File.ReadAllBytes(path);
        for (var at = 0; at < whole.Length; at += Math.Max(1, whole.Length / 40))
        {
            var damaged = whole.ToArray();
            damaged[at] ^= 0x10;
            Damage(damaged);
        }
        Damage(whole[..^1]);
        Damage([.. whole, 0]);
        Damage([]);
        Damage(whole[..40]);
        using var last = Open();
        Assert.True(last.WasCached);

        void Damage(byte[] bytes)
        {
            File.WriteAllBytes(path, bytes);
            using var data = Open();
            // The last bytes of the header mean nothing.
            Assert.Equal(bytes.Length == whole.Length && bytes.AsSpan(0, 96).SequenceEqual(whole.AsSpan(0, 96))
                && bytes.AsSpan(128).SequenceEqual(whole.AsSpan(128)), data.WasCached);
            Check(data, 3);
        }
    }

    [Fact]
    public void A_record_that_is_not_right_leaves_nothing_behind()
    {
        Write(3);
        File.AppendAllText(Data, "{\"messages\":[]}\n");
        Assert.Equal(4, Assert.Throws<InstructionDataException>(() => Open()).Line);
        File.WriteAllText(Data, "{\"messages\":[{\"role\":\"assistant\",\"content\":\"a\"}]}\n");
        var refusal = Assert.Throws<InstructionDataException>(() => InstructionData.Open(
            Data, _tokenizer, ChatTemplate.Parse("{{ raise_exception('no') }}", name: "mine"), _options, Cache,
            cancellation: TestContext.Current.CancellationToken));
        Assert.Contains("line 1, column 1: mine, line 1: no", refusal.Message, StringComparison.Ordinal);
        using var cancelled = new CancellationTokenSource();
        cancelled.Cancel();
        Assert.Throws<OperationCanceledException>(() => Open(cancellation: cancelled.Token));
        Assert.Empty(Directory.GetFileSystemEntries(Cache));
    }

    [Theory]
    [InlineData("\"tools\":[{\"maximum\":18446744073709551615}],\"messages\":[{\"role\":\"assistant\",\"content\":\"a\"}]", "18446744073709551615")]
    [InlineData("\"tools\":[\"\\ud800\"],\"messages\":[{\"role\":\"assistant\",\"content\":\"a\"}]", "the variable tools is nothing a template")]
    [InlineData("\"messages\":[{\"role\":\"assistant\",\"content\":\"\\ud800\"}]", "surrogate")]
    [InlineData("\"messages\":[{\"role\":\"assistant\",\"content\":\"a\",\"\\ud800\":1}]", "the name of a property holds half of a surrogate pair")]
    [InlineData("\"messages\":[{\"role\":\"assistant\",\"content\":\"a\"}],\"\\ud800\":1", "the name of a property holds half of a surrogate pair")]
    public void What_no_template_can_hold_is_refused_with_its_line(string record, string problem)
    {
        Write(2);
        File.AppendAllText(Data, $"{{{record}}}\n");
        var refusal = Assert.Throws<InstructionDataException>(() => Open());
        Assert.Equal((Data, 3), (refusal.File, refusal.Line));
        Assert.Contains(problem, refusal.Message, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFileSystemEntries(Cache));
    }

    [Fact]
    public void A_text_that_the_tokenizer_has_no_token_for_is_refused_with_its_line()
    {
        File.WriteAllText(_folder["tokenizer.json"], """{"model":{"type":"Unigram","vocab":[["a",-1.0]],"unk_id":null}}""");
        File.WriteAllLines(Data, ["{\"text\":\"aa\"}", "{\"text\":\"ab\"}"]);
        var refusal = Assert.Throws<InstructionDataException>(() => InstructionData.Open(
            Data, HuggingFaceTokenizer.Load(_folder.Path), null, new() { AppendEnd = false }, Cache,
            cancellation: TestContext.Current.CancellationToken));
        Assert.Equal(2, refusal.Line);
        Assert.Contains("No piece of the tokenizer's vocabulary stands for 'b'", refusal.Message, StringComparison.Ordinal);
    }

    [Property(MaxTest = 25)]
    public void What_comes_from_the_cache_is_what_was_tokenized(string[] contents)
    {
        ChatMessage[][] talks =
            [.. contents.Append("x").Select((text, i) => new ChatMessage[] { new("user", $"{i}"), new("assistant", Clean(text)) })];
        File.WriteAllLines(Data, talks.Select(Line));
        using var data = Open();
        var tokenizer = new ConversationTokenizer(_tokenizer, ChatFormats.ChatML);
        foreach (var (talk, example) in talks.Zip(data))
        {
            var expected = tokenizer.Tokenize(talk);
            Assert.Equal(expected.Ids, example.Ids);
            Assert.Equal(expected.Learned, example.Learned);
        }

        static string Clean(string? text) => System.Text.Encoding.UTF8.GetString(System.Text.Encoding.UTF8.GetBytes(text ?? ""));
    }

    [Theory]
    [InlineData(BatchKind.Padded)]
    [InlineData(BatchKind.Bucketed)]
    [InlineData(BatchKind.Packed)]
    [InlineData(BatchKind.Dynamic)]
    public void Batches_label_just_what_is_learned(BatchKind kind)
    {
        Write(9);
        using var data = Open();
        TokenizedExample[] copies = [.. data.Select(example => new TokenizedExample([.. example.Ids]) { Learned = [.. example.Learned!] })];
        var options = new BatchOptions { Kind = kind, Size = 2, Tokens = 400, Seed = 5 };
        var expected = new BatchPlan(copies, options);
        foreach (var planned in new BatchPlan(data, options).PlannedFrom().Take(6))
        {
            using var batch = new BatchPlan(data, options).Make(planned);
            using var other = expected.Make(planned);
            var (ids, labels) = (batch.Ids.data<long>().ToArray(), batch.Labels.data<long>().ToArray());
            Assert.Equal(other.Ids.data<long>().ToArray(), ids);
            Assert.Equal(other.Labels.data<long>().ToArray(), labels);
            var learned = planned.Examples.Sum(example => data[example].LearnedTokens);
            Assert.Equal(learned, labels.Count(label => label != TrainingBatch.Ignored));
            Assert.All(ids.Zip(labels), pair => Assert.True(pair.Second == TrainingBatch.Ignored || pair.Second == pair.First));
        }
    }

    [Fact]
    public void A_file_is_read_without_being_held()
    {
        const int Lines = 40_000;
        using (var writer = new StreamWriter(Data))
            for (var i = 0; i < Lines; i++)
                writer.WriteLine($"{{\"text\":\"{i} {new string('x', 200)}\"}}");
        var before = GC.GetTotalMemory(forceFullCollection: true);
        var (count, most) = (0, 0L);
        foreach (var _ in InstructionFile.Read(Data))
            if (++count % 10_000 == 0)
                most = Math.Max(most, GC.GetTotalMemory(forceFullCollection: true) - before);
        Assert.Equal(Lines, count);
        Assert.InRange(most, 0, new FileInfo(Data).Length / 4);
    }

    private static ChatMessage[] Talk(int index) =>
    [
        new("user", string.Concat(Enumerable.Repeat($"question {index} ", 1 + index % 4))), new("assistant", $"answer {index * index}"),
        new("user", "Sure?"), new("assistant", "Yes."),
    ];

    private static string Line(ChatMessage[] talk) =>
        $"{{\"messages\":[{string.Join(",", talk.Select(message => message.ToJson().ToJsonString()))}]}}";

    private void Write(int talks) => File.WriteAllLines(Data, Enumerable.Range(0, talks).Select(i => Line(Talk(i))));

    private InstructionData Open(IProgress<InstructionProgress>? progress = null, CancellationToken? cancellation = null) =>
        InstructionData.Open(Data, _tokenizer, ChatFormats.ChatML, _options, Cache, progress, cancellation ?? TestContext.Current.CancellationToken);

    private void Check(InstructionData data, int talks)
    {
        var tokenizer = new ConversationTokenizer(_tokenizer, ChatFormats.ChatML);
        Assert.Equal(talks, data.Count);
        for (var i = talks - 1; i >= 0; i--)
        {
            Assert.Equal(tokenizer.Tokenize(Talk(i)).Ids, data[i].Ids);
            Assert.Equal(tokenizer.Tokenize(Talk(i)).Learned, data[i].Learned);
        }
    }

    private sealed class Listener(List<InstructionProgress> told) : IProgress<InstructionProgress>
    {
        public void Report(InstructionProgress value) => told.Add(value);
    }
}
