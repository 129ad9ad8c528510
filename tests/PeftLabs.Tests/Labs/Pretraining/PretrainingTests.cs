using PeftLabs.Labs;
using PeftLabs.Models;
using PeftLabs.Tests.Formats;
using PeftLabs.Tokenization;
using PeftLabs.Training;

namespace PeftLabs.Tests.Labs;

[Collection("Memory")]
public class PretrainingTests
{
    private static readonly PretrainingSpec Tiny = new() { Vocabulary = 300, TokenizerDocuments = 20, Tokens = 4 * 2 * 32, Length = 32, Batch = 2 };

    [Fact]
    public void The_same_spec_gives_the_same_bits_also_where_it_was_broken_off()
    {
        using var folder = new TemporaryFolder();
        var whole = Run(folder, "whole", "checkpoints of whole");
        using var stop = new CancellationTokenSource();
        Assert.ThrowsAny<OperationCanceledException>(() => Pretraining.Run(Tiny, folder["again"], folder["checkpoints"],
            step => { if (step.Step == 2) stop.Cancel(); }, stop.Token));
        Assert.False(Directory.Exists(folder["again"]));
        List<long> steps = [];
        var again = Run(folder, "again", progress: step => steps.Add(step.Step));
        Assert.Equal([3, 4], steps);
        Assert.Equal((whole.Sha256, whole.HeldOutPerplexity), (again.Sha256, again.HeldOutPerplexity));
        Assert.Equal(whole.Losses, again.Losses);
    }

    [Fact]
    public void What_is_written_opens_as_a_model_with_its_tokenizer_and_report()
    {
        using var folder = new TemporaryFolder();
        var report = Run(folder, "model");
        using var model = CausalLM.Load(folder["model"]);
        var tokenizer = HuggingFaceTokenizer.Load(folder["model"]);
        Assert.Equal((300, 300, 0), (model.Config.VocabularySize, tokenizer.VocabularySize, tokenizer.EosId));
        Assert.Equal("Once upon a time", tokenizer.Decode(tokenizer.EncodeToIds("Once upon a time", false)));
        Assert.Equal(Perplexity.Of(model, HeldOut(tokenizer), Tiny.Length), report.HeldOutPerplexity);
        Assert.Equal((4, 4), (report.Steps, report.Losses.Count));
        var read = PretrainingReport.Load(folder["model"]);
        Assert.Equal((report.Spec, report.Sha256, report.HeldOutPerplexity), (read.Spec, read.Sha256, read.HeldOutPerplexity));
    }

    [Fact]
    public void A_folder_with_something_in_it_and_checkpoints_of_another_training_are_refused()
    {
        using var folder = new TemporaryFolder();
        Directory.CreateDirectory(folder["taken"]);
        File.WriteAllText(Path.Combine(folder["taken"], "thesis.txt"), "");
        Assert.Contains("holds 'thesis.txt'", Assert.Throws<IOException>(() => Run(folder, "taken")).Message);
        Run(folder, "model");
        Assert.Throws<TrainingCheckpointException>(() => Run(folder, "other", spec: Tiny with { Seed = 3 }));
    }

    [Theory]
    [InlineData("Vocabulary", 256)]
    [InlineData("Tokens", 0)]
    [InlineData("Tokens", int.MaxValue)]
    [InlineData("Length", 1)]
    [InlineData("Length", 1025)]
    [InlineData("LearningRate", 0)]
    [InlineData("Batch", 0)]
    public void A_wrong_value_is_named(string option, int value)
    {
        var error = Assert.Throws<ArgumentOutOfRangeException>(() => option switch
        {
            "Vocabulary" => new PretrainingSpec { Vocabulary = value },
            "Tokens" => new() { Tokens = value },
            "LearningRate" => new() { LearningRate = value },
            "Length" => new() { Length = value },
            _ => new() { Batch = value },
        });
        Assert.StartsWith($"{option} is {value}; it must be ", error.Message);
    }

    [Fact]
    public void The_making_of_the_text_can_be_stopped_and_leaves_nothing()
    {
        using var folder = new TemporaryFolder();
        Assert.Throws<OperationCanceledException>(() => Pretraining.Run(Tiny, folder["model"], folder["checkpoints"], null, new(canceled: true)));
        Assert.Empty(Directory.GetFileSystemEntries(folder.Path));
    }

    private static PretrainingReport Run(TemporaryFolder folder, string name, string checkpoints = "checkpoints",
        Action<StepRecord>? progress = null, PretrainingSpec? spec = null) =>
        Pretraining.Run(spec ?? Tiny, folder[name], folder[checkpoints], progress, TestContext.Current.CancellationToken);

    private static List<int> HeldOut(HuggingFaceTokenizer tokenizer) =>
        [.. TextGenerator.HeldOut(Tiny.Seed).Take(4).SelectMany(d => tokenizer.EncodeToIds(d, false).Prepend(0))];
}
