using PeftLabs.Quantization;

namespace PeftLabs.Labs;

/// <summary>Whether the options of a described run are all there, and fit together.</summary>
internal static class TrainConfigCheck
{
    public static TrainMethod Method(RunSpec run) =>
        run.Lora is null ? TrainMethod.Full : run.Loading.Projections is BlockFormat4 ? TrainMethod.Qlora : TrainMethod.Lora;

    public static void Check(TrainConfig config, Dictionary<string, TrainSetting> given, string place)
    {
        string At(params string[] paths) => paths.Select(path => given.GetValueOrDefault(path)?.Place).FirstOrDefault(found => found is not null) ?? place;
        var (run, data) = (config.Run, config.Run.Data);
        if (run.Model.Folder is null && run.Model.Shape is null)
            throw new TrainConfigException(place,
                "model is missing (a folder, the name of a model that lab pull has brought, or a shape), and the kit's own, which is meant where none is named, is not made yet");
        if (!given.Values.Any(setting => setting.Key.Alternative == TrainKeys.ExamplesFrom))
            throw new TrainConfigException(place, "the data are missing: data.task, data.file or data.generated");
        if (run.Lora is null && (run.Loading.Projections != WeightFormat.Float32 || run.Loading.Embedding != WeightFormat.Float32 || run.Loading.Streaming is not null))
            throw new TrainConfigException(At("format", "embedding", "stream", "method"),
                "full fine-tuning trains the weights themselves, which must be float32 and in memory: use lora or qlora with other formats, or to stream");
        if (data.Validation is not null && data.ValidationShare > 0)
            throw new TrainConfigException(At("data.validation-share"), "data.validation-share is given beside data.validation: leave one out");
        if (data.Kind != DataKind.File && data.Examples is null)
            throw new TrainConfigException(At("data.examples"), "data.examples is all; tasks and generators make examples without end: say how many");
        if (run.Training.FusedStep && double.IsFinite(run.Training.MaxGradientNorm))
            throw new TrainConfigException(At("max-gradient-norm"), "max-gradient-norm needs the gradients' common norm, which fused-step does not know: leave one out");
        if (run.ValidateEvery > 0 && run.HeldOut == 0)
            throw new TrainConfigException(At("evaluate.validate-every"),
                "evaluate.validate-every needs held-out examples: data.validation, or data.validation-share, and evaluate.validation-examples above 0");
        CheckBatches(data, At);
    }

    private static void CheckBatches(DataRecipe data, Func<string[], string> at)
    {
        try
        {
            data.Batches.Validate();
        }
        catch (ArgumentException e)
        {
            throw new TrainConfigException(at(["truncate", "batching"]), e.Message.Replace("Tokens need", "tokens need", StringComparison.Ordinal)
                .Replace("Tokens:", "batch-tokens:", StringComparison.Ordinal), e);
        }
    }
}
