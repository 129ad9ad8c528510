using System.Text.Json;
using PeftLabs.Formats;
using PeftLabs.Plotting;

namespace PeftLabs.Labs;

/// <summary>How a model came to be, kept beside it as training.json.</summary>
/// <param name="Spec">What it was trained from; with the same kit it gives the same model.</param>
/// <param name="Parameters">Numbers that were trained.</param>
/// <param name="Documents">Documents that the tokens came from.</param>
/// <param name="Steps">Optimizer steps.</param>
/// <param name="Minutes">Minutes that the steps took.</param>
/// <param name="HeldOutPerplexity">Perplexity of held-out text of the same generator, of the weights as they are stored.</param>
/// <param name="HeldOutTokens">Tokens of that text.</param>
/// <param name="Losses">The mean loss of each fiftieth of the steps, in nats a token.</param>
/// <param name="Sha256">The hash of model.safetensors.</param>
/// <param name="Versions">The kit and what it stands on.</param>
/// <param name="Machine">The machine.</param>
public sealed record PretrainingReport(
    PretrainingSpec Spec, long Parameters, int Documents, int Steps, double Minutes, double HeldOutPerplexity, int HeldOutTokens,
    IReadOnlyList<PretrainingLoss> Losses, string Sha256, SoftwareVersions Versions, MachineInfo Machine)
{
    /// <summary>The file's name.</summary>
    public const string FileName = "training.json";

    /// <summary>Reads the report of a model's folder.</summary>
    /// <exception cref="FileNotFoundException">There is none.</exception>
    /// <exception cref="InvalidDataException">It is damaged.</exception>
    public static PretrainingReport Load(string folder)
    {
        var path = Path.Combine(folder, FileName);
        try
        {
            return JsonSerializer.Deserialize<PretrainingReport>(File.ReadAllText(path), RunJson.Indented)
                ?? throw new InvalidDataException($"{path} holds null; a report of a training is wanted.");
        }
        catch (JsonException e)
        {
            throw new InvalidDataException($"{path} is no report of a training: {e.Message}", e);
        }
    }

    /// <summary>The loss over the tokens seen.</summary>
    public Figure LossCurve()
    {
        var tokens = Spec.Batch * (double)Spec.Length / 1e6;
        return LabCharts.Lines($"Loss of {Parameters / 1e6:0.0} million parameters trained from nothing", "tokens seen, millions", "nats a token",
            ("training", [.. Losses.Select(l => l.Step * tokens)], [.. Losses.Select(l => l.Loss)]),
            ("held out, at the end", [Steps * tokens], [Math.Log(HeldOutPerplexity)]));
    }

    /// <summary>The report as the file has it.</summary>
    public string ToJson() => JsonSerializer.Serialize(this, RunJson.Indented);

    internal void Save(string folder) => AtomicFile.WriteText(Path.Combine(folder, FileName), ToJson() + "\n");
}
