using System.CommandLine;
using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using PeftLabs.Cli.Doctor;
using PeftLabs.Memory;

namespace PeftLabs.Cli.Commands;

/// <summary>lab doctor: tells what a machine has, how fast it is, and what to do where something is wrong.</summary>
public static class DoctorCommand
{
    private static readonly JsonSerializerOptions Plain = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <summary>Makes the command.</summary>
    public static Command Create()
    {
        var json = new Option<bool>("--json") { Description = "Print one JSON object" };
        var command = new Command("doctor", "Tells what this machine has: SDK, packages, BLAS and its speed, GPU, plotly.js") { json };
        command.SetAction(async (parsed, cancellation) =>
        {
            var report = await Examination.RunAsync(cancellation);
            var output = parsed.InvocationConfiguration.Output;
            if (parsed.GetValue(json))
                output.WriteLine(Json(report));
            else
                Print(report, output);
            return ExitCode.Done;
        });
        return command;
    }

    /// <summary>The report as one line of JSON, with its warnings.</summary>
    public static string Json(DoctorReport report)
    {
        var node = JsonSerializer.SerializeToNode(report, Plain)!.AsObject();
        node["warnings"] = new JsonArray([.. Advice.For(report).Select(text => JsonValue.Create(text))]);
        return node.ToJsonString(Plain);
    }

    /// <summary>Writes the report as lines of name and value, the warnings last.</summary>
    public static void Print(DoctorReport report, TextWriter output)
    {
        foreach (var (name, value) in Lines(report))
            output.WriteLine($"{name,-10} {value}");
        foreach (var warning in Advice.For(report))
            output.WriteLine($"{"warning",-10} {warning}");
    }

    private static IEnumerable<(string Name, string Value)> Lines(DoctorReport report)
    {
        static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
        yield return ("lab", report.Version);
        yield return ("system", report.Machine.OperatingSystem);
        yield return (".NET", $"SDK {report.Sdk ?? "missing"}, {report.Runtime}");
        yield return ("packages", report.Provider + (report.ProviderReason is { } reason ? $", because {reason}" : ""));
        yield return ("libtorch", $"{report.Libtorch}, {report.LibtorchPath ?? "path unknown"}");
        yield return ("BLAS", $"{report.Machine.Blas ?? "unknown"}, {report.BlasPath ?? "inside libtorch"}");
        yield return ("matmul", Text($"{report.MatmulGflops:0.0} GFLOP/s in float32"));
        yield return ("copy", Text($"{report.CopyGigabytesPerSecond:0.0} GB/s"));
        yield return ("threads", Text($"{report.Threads} on {report.Machine.Cores} cores, {report.Machine.Processor ?? report.Machine.Architecture}"));
        yield return ("memory", ByteSize.Format(report.Machine.MemoryBytes));
        yield return ("GPU", report.Machine.Gpus.Count == 0 ? "none" : $"{string.Join("; ", report.Machine.Gpus)}; libtorch {(report.Cuda ? "uses it" : "does not use it")}");
        yield return ("plotly.js", report.Plotly ?? "missing");
        yield return ("Chromium", report.Chromium ?? "missing");
        yield return ("Node", report.Node ?? "missing");
    }
}
