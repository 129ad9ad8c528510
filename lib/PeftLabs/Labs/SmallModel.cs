using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Nodes;
using PeftLabs.Formats;
using PeftLabs.Models;
using PeftLabs.Tokenization;
using PeftLabs.Training;

namespace PeftLabs.Labs;

/// <summary>
/// The model of the labs where none is named: a Llama of 5 million parameters with a byte-level BPE tokenizer, both learned on this
/// machine from the kit's own generated text, and kept for the next lab.
/// </summary>
public static class SmallModel
{
    private const int VocabularySize = 2048, Batch = 8, Tokens = 64, Documents = 1500;
    private const ulong Seed = 20;

    /// <summary>Its shape.</summary>
    public static ModelConfig Config { get; } = new()
    {
        Family = ModelFamily.Llama,
        Layers = 6,
        HiddenSize = 256,
        Heads = 4,
        KeyValueHeads = 2,
        HeadSize = 64,
        IntermediateSize = 768,
        VocabularySize = VocabularySize,
        TiedEmbeddings = true,
        MaxPositions = 1024,
        EndTokens = [0],
    };

    /// <summary>The folder of the model named, or of the small model, which is trained first if this machine does not have it yet.</summary>
    /// <param name="model">A model's folder; empty for the small model.</param>
    /// <param name="steps">Steps that the small model is trained for.</param>
    /// <param name="say">Told in plain sentences what is done.</param>
    /// <param name="cancellation">Stops training between two steps; nothing is kept then.</param>
    public static string FolderOf(string? model, int steps = 200, Action<string>? say = null, CancellationToken cancellation = default)
    {
        if (!string.IsNullOrWhiteSpace(model))
            return model;
        var folder = Path.Combine(LabPaths.Models, string.Create(CultureInfo.InvariantCulture, $"small-{steps}"));
        if (File.Exists(Path.Combine(folder, "config.json")))
            say?.Invoke("No model was named: this is the small one that was trained on this machine before, on text of the kit's own generator.");
        else
            Train(folder, steps, say, cancellation);
        return folder;
    }

    private static void Train(string folder, int steps, Action<string>? say, CancellationToken cancellation)
    {
        say?.Invoke($"No model was named: a Llama of {Config.Parameters / 1e6:0.0} million parameters is trained from scratch first, for "
            + $"{steps} steps, on text of the kit's own generator.");
        var start = Stopwatch.GetTimestamp();
        Directory.CreateDirectory(folder);
        var texts = TextGenerator.Documents(Seed).Take(Documents).ToList();
        WriteTokenizer(folder, texts);
        var tokenizer = HuggingFaceTokenizer.Load(folder);
        var ids = texts.SelectMany(t => tokenizer.EncodeToIds(t, false).Append(0)).ToList();
        using var model = CausalLM.Random(Config, Seed);
        model.SetTrainable(true);
        var options = new TrainingOptions { Steps = steps, LearningRate = 1e-3, WarmupSteps = Math.Min(20, steps / 5), WeightDecay = 0.05 };
        using var trainer = new Trainer(model, model.named_parameters(), options);
        using var progress = new TerminalProgress(steps);
        var records = trainer.Run(Batches.Shuffled(Batches.Cut(ids, Tokens), Batch, Seed), progress.Show, cancellation);
        progress.Dispose();
        Save(model, folder);
        say?.Invoke(string.Create(CultureInfo.InvariantCulture, $"It took {Stopwatch.GetElapsedTime(start).TotalSeconds:0} s; the loss went "
            + $"from {records[0].Loss:0.00} to {records.TakeLast(10).Average(r => r.Loss):0.00} nats a token."));
    }

    private static void WriteTokenizer(string folder, IReadOnlyList<string> texts)
    {
        var trainer = new BpeTrainer();
        foreach (var text in texts)
            trainer.Add(text);
        foreach (var example in TaskGenerator.Train(Seed).Take(Documents))
            trainer.Add(example.Prompt + example.Completion);
        AtomicFile.WriteText(Path.Combine(folder, "tokenizer.json"), TokenizerJson.Write(trainer.Train(VocabularySize - 1)));
    }

    // config.json comes last: where it stands, the model is whole.
    private static void Save(CausalLM model, string folder)
    {
        SafeTensors.Save(Path.Combine(folder, "model.safetensors"),
            model.named_parameters().Select(p => (p.Item1, (TorchSharp.torch.Tensor)p.Item2)), new Dictionary<string, string> { ["format"] = "pt" });
        AtomicFile.WriteText(Path.Combine(folder, "config.json"), new JsonObject
        {
            ["architectures"] = new JsonArray(Config.Family.Architecture),
            ["model_type"] = Config.Family.ModelType,
            ["vocab_size"] = Config.VocabularySize,
            ["hidden_size"] = Config.HiddenSize,
            ["intermediate_size"] = Config.IntermediateSize,
            ["num_hidden_layers"] = Config.Layers,
            ["num_attention_heads"] = Config.Heads,
            ["num_key_value_heads"] = Config.KeyValueHeads,
            ["head_dim"] = Config.HeadSize,
            ["rms_norm_eps"] = Config.NormEpsilon,
            ["rope_theta"] = Config.Rotary.Theta,
            ["tie_word_embeddings"] = true,
            ["max_position_embeddings"] = Config.MaxPositions,
            ["hidden_act"] = "silu",
            ["bos_token_id"] = 0,
            ["eos_token_id"] = 0,
            ["torch_dtype"] = "float32",
        }.ToJsonString());
    }
}
