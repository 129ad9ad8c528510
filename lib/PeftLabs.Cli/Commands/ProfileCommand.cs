using System.CommandLine;
using System.Text.Json;
using PeftLabs.Cli.Bench;
using PeftLabs.Labs;
using PeftLabs.Memory;
using PeftLabs.Plotting;
using PeftLabs.Training;

namespace PeftLabs.Cli.Commands;

/// <summary>lab profile: where a training step's time and memory go, by stage, block and operator, and what is alive at the peak.</summary>
public static class ProfileCommand
{
    private static readonly Option<string?> s_figure = new("--figure")
    {
        Description = "Also draw: FILE.html holds all figures, FILE.png is one file each (FILE-time.png, …), FILE.json their plotly.js",
        HelpName = "FILE",
    };

    private static readonly Option<int> s_top = new("--top") { Description = "Allocations alive at the peak that are listed", DefaultValueFactory = _ => 15 };
    private static readonly Option<bool> s_cost = new("--cost") { Description = "Take as many steps again without a profile, in turn, and tell what it costs" };
    private static readonly Option<bool> s_synchronize = new("--synchronize") { Description = "Wait for the GPU at both ends of every scope: seconds are then the GPU's, and more" };
    private static readonly Option<bool> s_json = new("--json") { Description = "Print one JSON object as the last line" };

    private static readonly JsonSerializerOptions s_format = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };

    /// <summary>Makes the command.</summary>
    public static Command Create()
    {
        var command = new Command("profile", "Where a training step's time and memory go, by stage, block and operator, and the code behind what is alive at the peak");
        var arguments = new StepArguments();
        arguments.AddTo(command);
        foreach (var option in new Option[] { s_figure, s_top, s_cost, s_synchronize, s_json })
            command.Add(option);
        command.SetAction((parsed, cancellation) => Task.FromResult(Run(parsed, arguments, cancellation)));
        return command;
    }

    private static int Run(ParseResult parsed, StepArguments arguments, CancellationToken cancellation)
    {
        var (output, error) = (parsed.InvocationConfiguration.Output, parsed.InvocationConfiguration.Error);
        var figures = parsed.GetValue(s_figure) is { } path ? new FigureOutput(path) : null;
        if (figures?.Missing is { } missing)
        {
            error.WriteLine(missing);
            return ExitCode.Missing;
        }
        var options = arguments.Read(parsed) with { ComparesProfile = parsed.GetValue(s_cost), Synchronize = parsed.GetValue(s_synchronize) };
        var progress = new TrainingProgress(options.StepsTaken);
        var profile = StepBenchmark.Profile(options, record => error.WriteLine(progress.Line(record)), cancellation);
        output.WriteLine(parsed.GetValue(s_json) ? JsonSerializer.Serialize(profile, s_format) : Text(profile, parsed.GetValue(s_top)));
        foreach (var file in figures?.Write(Title(profile.Measurement), Figures(profile)) ?? [])
            error.WriteLine(file);
        return ExitCode.Done;
    }

    private static string Text(StepProfile step, int top) => $"""
        {Title(step.Measurement)}

        {ProfileTables.Operators(step.Profile)}

        {ProfileTables.Parts(step.Profile)}

        Alive at the peak of {ByteSize.Format(step.Memory.PeakBytes)}, in {step.Memory.PeakStage}, largest first:
        {ProfileTables.Allocations(step.Memory.PeakAllocations, top)}

        {ProfileTables.Cost(step.Profile)}{(step.Cost is { } cost ? "\n" + Compared(cost) : "")}
        """;

    private static string Title(StepMeasurement measured) => FormattableString.Invariant(
        $"{What(measured)} tokens: {measured.SecondsPerStep:0.000} s a step (median of {measured.Steps})");

    private static string What(StepMeasurement measured) =>
        FormattableString.Invariant($"{measured.Shape}, {measured.Method} on {measured.Format}, {measured.Batch}×{measured.Tokens}");

    private static string Compared(ProfileCost cost) => FormattableString.Invariant(
        $"User processor time of a step, medians of {cost.Steps} taken in turn: {cost.UserSecondsWith:0.000} s with a profile, {cost.UserSecondsWithout:0.000} s without ({cost.UserSecondsWith / cost.UserSecondsWithout - 1:+0.0%;-0.0%}).");

    private static IReadOnlyList<(string Name, Figure Figure)> Figures(StepProfile step) =>
    [
        ("time", ProfileCharts.Time(step.Profile, $"Where a step's time goes: {What(step.Measurement)}")),
        ("memory", ProfileCharts.PeakMemory(step.Memory, $"What is alive at the peak: {What(step.Measurement)}")),
        ("timeline", ProfileCharts.PeakTimeline(step.Memory, $"Memory over time, and what is alive at the peak: {What(step.Measurement)}")),
    ];
}
