using System.CommandLine;
using PeftLabs.Cli.Plan;
using PeftLabs.Labs;
using PeftLabs.Planning.Advice;
using Spectre.Console;

namespace PeftLabs.Cli.Commands;

/// <summary>lab plan: what to switch on for a model to be trained in some memory, and what that costs; nothing is loaded.</summary>
public static class PlanCommand
{
    // Where output is no terminal, there is no width to go by.
    private const int PipedWidth = 120;

    /// <summary>Makes the command.</summary>
    public static Command Create()
    {
        var model = new Option<string>("--model")
        {
            Description = "A published model, as llama-3.1-70b or meta-llama/Llama-3.1-70B; a folder; or a config.json",
            Required = true,
        };
        var memory = Text("--memory", "What tensors may take: 6GiB, 500MiB, 6GB (10⁹ bytes each), or bytes");
        var gpu = Text("--gpu", "A GPU, as \"RTX 4090\", T4, \"A100 80GB\": its memory, less what CUDA takes, and its speed");
        var tokens = new Option<long>("--tokens") { Description = "Tokens a sequence", DefaultValueFactory = _ => 1024 };
        var batch = new Option<long>("--batch") { Description = "Sequences a step", DefaultValueFactory = _ => 8 };
        var method = Text("--method", $"{string.Join(", ", TuningMethods.Names)}; the fastest of the adapters' where none is named");
        var rank = new Option<int>("--rank") { Description = "The adapters' rank", DefaultValueFactory = _ => 16 };
        var plain = Switch("--from-plain", "Begin the ladder without attention in tiles and loss in chunks, which cost nothing");
        var terms = Switch("--terms", "Show the formula of every term of the chosen plan, stage by stage");
        var measure = Switch("--measure", "Measure this machine's speed first, for about five seconds, and keep it");
        var json = Switch("--json", "Print one JSON object");
        var command = new Command("plan", "What to switch on for a model to be trained in some memory, and what that costs")
        {
            model, memory, gpu, tokens, batch, method, rank, plain, terms, measure, json,
        };
        command.SetAction((parsed, _) =>
        {
            if (parsed.GetValue(measure))
                MeasuredSpeed.Measure();
            var request = PlanRequest.Of(parsed.GetRequiredValue(model), parsed.GetValue(memory), parsed.GetValue(gpu), parsed.GetValue(method),
                parsed.GetValue(batch), parsed.GetValue(tokens), parsed.GetValue(rank));
            var report = AdviceReport.For(request.Advice, parsed.GetValue(plain));
            Write(parsed.InvocationConfiguration.Output, request, report, parsed.GetValue(json), parsed.GetValue(terms));
            return Task.FromResult(ExitCode.Done);
        });
        return command;
    }

    private static Option<string?> Text(string name, string description) => new(name) { Description = description };

    private static Option<bool> Switch(string name, string description) => new(name) { Description = description };

    private static void Write(TextWriter output, PlanRequest request, AdviceReport report, bool json, bool terms)
    {
        if (json)
        {
            output.WriteLine(PlanJson.Of(request, report));
            return;
        }
        var console = Terminal(output);
        new PlanText(console, request, report).Write();
        if (terms)
            PlanTerms.Write(console, report.Result.Stages);
    }

    private static IAnsiConsole Terminal(TextWriter output)
    {
        var console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(output) });
        if (Console.IsOutputRedirected)
            console.Profile.Width = PipedWidth;
        return console;
    }
}
