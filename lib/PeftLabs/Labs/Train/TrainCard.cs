using System.Globalization;
using System.Text;
using PeftLabs.Memory;

namespace PeftLabs.Labs;

/// <summary>The card of what was trained: README.md of its folder, with the fields that the hub reads.</summary>
internal static class TrainCard
{
    public static string Write(TrainConfig config, LabRun run)
    {
        var (spec, record) = (config.Run, run.Record!);
        var card = new StringBuilder();
        card.Append(CultureInfo.InvariantCulture, $"""
            ---
            base_model: {TrainRun.BaseName(spec.Model)}
            library_name: {(spec.Lora is null ? "transformers" : "peft")}
            pipeline_tag: text-generation
            tags: [{(spec.Lora is null ? "" : "lora, ")}peftlabs]
            ---

            # {run.Name}

            {What(spec)} of `{TrainRun.BaseName(spec.Model)}`, trained on {Data(spec.Data)}: {run.Steps.Count} steps, {run.TrainedParameters:N0} parameters.

            | | before | after |
            |---|---|---|
            | training loss (nats a token) | {run.Steps[0].Loss:0.0000} | {run.Steps[^1].Loss:0.0000} |

            """);
        foreach (var figure in record.Evaluations ?? [])
            card.Append($"| {figure.Name}{(figure.Unit.Length > 0 ? $" ({figure.Unit})" : "")} | {Number(figure.Before)} | {Number(figure.After)} |\n");
        card.Append(CultureInfo.InvariantCulture, $"""

            The peak of training was {ByteSize.Format(run.Measured.PeakBytes)}{Predicted(run)}; a step took {run.SecondsPerStep:0.000} s.
            The run is {run.Id}; `{TrainFolder.ConfigName}` describes it, and `lab train {TrainFolder.ConfigName}` runs it again.

            """);
        return card.ToString();
    }

    private static string What(RunSpec spec) => spec.Lora is { } lora
        ? string.Create(CultureInfo.InvariantCulture, $"A LoRA adapter of rank {lora.Rank} (alpha {lora.Alpha}, weights in {spec.Loading.Projections.Name})")
        : "A full fine-tuning";

    private static string Data(DataRecipe data) => data.Kind switch
    {
        DataKind.Task => $"the task {data.Task}",
        DataKind.File => $"`{Path.GetFileName(data.File!.Path)}`",
        DataKind.RandomTokens => "random tokens",
        _ => "generated text",
    };

    private static string Predicted(LabRun run) => run.Predicted.Count == 0 ? "" : $" (predicted {ByteSize.Format(run.PredictedPeakBytes)})";

    private static string Number(double value) => double.IsNaN(value) ? "" : value.ToString("0.0000", CultureInfo.InvariantCulture);
}
