using PeftLabs.Quantization;
using PeftLabs.Training;

namespace PeftLabs.Labs;

/// <summary>Whether the options of a described run are all there, and fit together.</summary>
/// <param name="config">The run.</param>
/// <param name="given">The options that were given, by their places.</param>
/// <param name="file">Where they were given; where something is missing, it is missing there.</param>
internal sealed class TrainConfigCheck(TrainConfig config, IReadOnlyDictionary<string, TrainSetting> given, string file)
{
    private RunSpec Run => config.Run;

    private DataRecipe Data => config.Run.Data;

    /// <exception cref="TrainConfigException">Something is missing, or two options do not fit together.</exception>
    public void Check()
    {
        Refuse(Run.Model.Folder is null && Run.Model.Shape is null,
            "model is missing (a folder, the name of a model that lab pull has brought, or a shape), and the kit's own, which is meant where none is "
            + "named, is not made yet");
        Refuse(!given.Values.Any(setting => setting.Key.Alternative == TrainKeys.ExamplesFrom), "the data are missing: data.task, data.file or data.generated");
        var asStored = Run.Loading.Projections == WeightFormat.Float32 && Run.Loading.Embedding == WeightFormat.Float32 && Run.Loading.Streaming is null;
        Refuse(Run.Lora is null && !asStored,
            "full fine-tuning trains the weights themselves, which must be float32 and in memory: use lora or qlora with other formats, or to stream",
            "format", "embedding", "stream", "method");
        Refuse(Run.Training.FusedStep && double.IsFinite(Run.Training.MaxGradientNorm),
            "max-gradient-norm needs the gradients' common norm, which fused-step does not know: leave one out", "max-gradient-norm");
        CheckData();
        CheckBatches();
    }

    private void CheckData()
    {
        Refuse(Data.Validation is not null && Data.ValidationShare > 0,
            "data.validation-share is given beside data.validation: leave one out", "data.validation-share");
        Refuse(Data.Kind != DataKind.File && Data.Examples is null,
            "data.examples is all; tasks and generators make examples without end: say how many", "data.examples");
        var heldOut = Data.Kind != DataKind.File || Data.Validation is not null || Data.ValidationShare > 0;
        Refuse(!heldOut && (Run.HeldOut > 0 || Run.Samples > 0),
            "nothing of data.file is held out to evaluate on: give data.validation or data.validation-share",
            "evaluate.validation-examples", "evaluate.samples");
        Refuse(Data.Validation is { } validation && PlainTextExamples.Takes(validation) != PlainTextExamples.Takes(Data),
            "data.file and data.validation are of two kinds: plain text (.txt, .md) is held out of plain text, and records of records", "data.validation");
        Refuse(Run.ValidateEvery > 0 && Run.HeldOut == 0,
            "evaluate.validate-every needs held-out examples: data.validation, or data.validation-share, and evaluate.validation-examples above 0",
            "evaluate.validate-every");
    }

    private void CheckBatches()
    {
        var (kind, tokens) = (Data.Batches.Kind, Data.Batches.Tokens);
        Refuse(tokens is null && kind is (BatchKind.Packed or BatchKind.Dynamic),
            $"batching is {OptionNames<BatchKind>.Name(kind)}, which needs batch-tokens: the tokens of a {(kind == BatchKind.Packed ? "row" : "batch")}",
            "batching");
        Refuse(tokens is null && Data.Batches.Truncate, "truncate needs batch-tokens: the length to cut to", "truncate");
    }

    private void Refuse(bool wrong, string problem, params string[] places)
    {
        if (wrong)
            throw new TrainConfigException(places.Select(path => given.GetValueOrDefault(path)?.Place).FirstOrDefault(found => found is not null) ?? file, problem);
    }
}
