using System.Security.Cryptography;
using System.Text.Json.Nodes;
using PeftLabs.Formats;
using PeftLabs.Models;
using PeftLabs.Quantization;
using PeftLabs.Tokenization;
using PeftLabs.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace PeftLabs.Labs;

/// <summary>Trains a small model from nothing, tokenizer and all, on the kit's own generated text.</summary>
public static class Pretraining
{
    private const int CurvePoints = 50, MostHeldOutDocuments = 400;

    /// <summary>Trains and writes a model's folder, which appears whole or not at all; weights are stored in bfloat16.</summary>
    /// <param name="spec">The recipe.</param>
    /// <param name="folder">A new or empty folder.</param>
    /// <param name="checkpoints">Where checkpoints are kept, from whose newest a broken-off training goes on.</param>
    /// <param name="progress">Told of each step.</param>
    /// <param name="cancellation">Stops between two documents or two steps; the checkpoints stay.</param>
    /// <exception cref="IOException">The folder is not empty or cannot be written.</exception>
    /// <exception cref="TrainingCheckpointException">The checkpoints are of another training.</exception>
    public static PretrainingReport Run(PretrainingSpec spec, string folder, string checkpoints,
        Action<StepRecord>? progress = null, CancellationToken cancellation = default)
    {
        using var target = new AtomicFolder(folder);
        WriteTokenizer(spec, target.Temporary, cancellation);
        var text = PretrainingText.Make(spec, HuggingFaceTokenizer.Load(target.Temporary), cancellation);
        var report = Train(spec, text, target.Temporary, checkpoints, progress, cancellation);
        var perplexity = HeldOut(spec, target.Temporary, Math.Clamp(report.Documents / 20, 4, MostHeldOutDocuments));
        report = report with { HeldOutPerplexity = perplexity.Value, HeldOutTokens = perplexity.Tokens };
        report.Save(target.Temporary);
        target.Commit();
        return report;
    }

    private static PretrainingReport Train(PretrainingSpec spec, PretrainingText text, string folder, string checkpoints,
        Action<StepRecord>? progress, CancellationToken cancellation)
    {
        using var model = CausalLM.Random(spec.Config(), spec.Seed);
        model.SetTrainable(true);
        using var trainer = new Trainer(model, model.named_parameters(), spec.Training());
        using var kept = new TrainingCheckpoints(checkpoints) { Facts = new Dictionary<string, string> { ["DataHash"] = text.Hash } };
        trainer.Checkpoints = kept;
        kept.Resume(trainer);
        var plan = new BatchPlan(text.Sequences, new BatchOptions { Size = spec.Batch, Tokens = spec.Length, Seed = spec.Seed });
        trainer.Run(plan.From(trainer.BatchesSeen), progress, cancellation);
        Save(model, folder);
        return new(spec, spec.Config().Parameters, text.Documents, spec.Steps, trainer.Records.Sum(r => r.Seconds) / 60, 0, 0,
            Curve(trainer.Records), Hash(folder), SoftwareVersions.Current, MachineInfo.Current);
    }

    private static List<PretrainingLoss> Curve(IReadOnlyList<StepRecord> steps) =>
        [.. steps.Chunk(Math.Max(1, steps.Count / CurvePoints)).Select(part => new PretrainingLoss(part[^1].Step, part.Average(s => s.Loss)))];

    private static (double Value, int Tokens) HeldOut(PretrainingSpec spec, string folder, int documents)
    {
        var tokenizer = HuggingFaceTokenizer.Load(folder);
        var ids = TextGenerator.HeldOut(spec.Seed).Take(documents)
            .SelectMany(d => tokenizer.EncodeToIds(d, false).Prepend(0)).ToList();
        using var model = CausalLM.Load(folder);
        return (Perplexity.Of(model, ids, spec.Length), ids.Count - 1);
    }

    private static void WriteTokenizer(PretrainingSpec spec, string folder, CancellationToken cancellation)
    {
        var trainer = new BpeTrainer();
        foreach (var document in TextGenerator.Documents(spec.Seed).Take(spec.TokenizerDocuments))
        {
            cancellation.ThrowIfCancellationRequested();
            trainer.Add(document);
        }
        AtomicFile.WriteText(Path.Combine(folder, "tokenizer.json"), TokenizerJson.Write(trainer.Train(spec.Vocabulary - 1)));
        AtomicFile.WriteText(Path.Combine(folder, "tokenizer_config.json"), PythonJson.Write(new JsonObject
        {
            ["bos_token"] = TokenizerJson.EndOfText,
            ["eos_token"] = TokenizerJson.EndOfText,
            ["pad_token"] = TokenizerJson.EndOfText,
            ["chat_template"] = ChatTemplateText,
            ["model_max_length"] = spec.Config().MaxPositions,
            ["tokenizer_class"] = "PreTrainedTokenizerFast",
        }.ToDictionary()) + "\n");
    }

    // A conversation looks like the questions and answers of the text that the model knows.
    private const string ChatTemplateText =
        "{% for message in messages %}{% if message['role'] == 'assistant' %}Answer: {{ message['content'] }}\n\n"
        + "{% else %}Question: {{ message['content'] }}\n{% endif %}{% endfor %}{% if add_generation_prompt %}Answer:{% endif %}";

    private static void Save(CausalLM model, string folder)
    {
        using var _ = no_grad();
        using var scope = NewDisposeScope();
        SafeTensors.Save(Path.Combine(folder, "model.safetensors"),
            model.named_parameters().Select(p => (p.Item1, p.Item2.to(ScalarType.BFloat16))), new Dictionary<string, string> { ["format"] = "pt" });
        AtomicFile.WriteText(Path.Combine(folder, "generation_config.json"),
            PythonJson.Write(new JsonObject { ["bos_token_id"] = 0, ["eos_token_id"] = 0, ["pad_token_id"] = 0 }.ToDictionary()) + "\n");
        AtomicFile.WriteText(Path.Combine(folder, "config.json"), ModelConfigWriter.WriteDense(model, (DenseFormat)WeightFormat.BFloat16));
    }

    private static string Hash(string folder)
    {
        using var file = File.OpenRead(Path.Combine(folder, "model.safetensors"));
        return Convert.ToHexStringLower(SHA256.HashData(file));
    }
}
