using System.CommandLine;
using System.Runtime.InteropServices;
using PeftLabs.Cli.Generation;
using PeftLabs.Models.Generation;
using PeftLabs.Tokenization;

namespace PeftLabs.Cli.Commands;

/// <summary>lab chat: a conversation with a model, and an adapter on it.</summary>
public static class ChatCommand
{
    /// <summary>Makes the command.</summary>
    public static Command Create()
    {
        var (model, sampling) = (new ModelOptions(), new SamplingOptions());
        var system = new Option<string?>("--system") { Description = "What the model is told first" };
        var template = new Option<string?>("--template") { Description = "A file with a chat template, or chatml; the model's own unless said" };
        var command = new InteractiveCommand("chat", "Talks with a model: each line is a message, typed or piped in") { system, template };
        model.AddTo(command);
        sampling.AddTo(command);
        command.SetAction(async (parsed, _) =>
        {
            var folder = model.Folder(parsed);
            var options = sampling.Read(parsed, folder);
            using var loaded = model.Load(parsed);
            using var chat = new ChatSession(
                loaded.Completion, Template(parsed.GetValue(template), folder), options, parsed.GetValue(system));
            using var interrupts = new Interrupts();
            var says = parsed.InvocationConfiguration.Error;
            using var signal = PosixSignalRegistration.Create(PosixSignal.SIGINT, context =>
            {
                context.Cancel = true;
                if (!interrupts.Press())
                    says.Write($"{Environment.NewLine}Ctrl-C again, or /exit, leaves.{Environment.NewLine}> ");
            });
            var output = parsed.InvocationConfiguration.Output;
            return await new ChatLoop(chat, Console.In, output, says, !Console.IsInputRedirected, interrupts).RunAsync();
        });
        return command;
    }

    private static ChatTemplate Template(string? given, string folder) => given switch
    {
        null => ChatTemplate.Load(folder),
        "chatml" => ChatFormats.ChatML,
        _ => ChatTemplate.LoadFile(given, folder),
    };
}
