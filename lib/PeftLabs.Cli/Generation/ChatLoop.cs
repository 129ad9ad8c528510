using PeftLabs.Models.Generation;

namespace PeftLabs.Cli.Generation;

/// <summary>
/// Reads messages, a line each, and writes answers as they come. Answers go to the output; what the chat says of itself, and the prompt
/// sign where a person types, go to the other writer.
/// </summary>
public sealed class ChatLoop(ChatSession chat, TextReader input, TextWriter output, TextWriter says, bool isInteractive, Interrupts interrupts)
{
    private const string Help = "/reset begins anew, /exit or the end of the input leaves, Ctrl-C stops an answer.";

    /// <summary>Talks until /exit, the input's end, or the second Ctrl-C.</summary>
    /// <returns>One of <see cref="ExitCode"/>.</returns>
    public async Task<int> RunAsync()
    {
        if (isInteractive)
            says.WriteLine(Help);
        while (await LineAsync() is { } line)
        {
            var message = line.Trim();
            if (message == "/exit")
                return ExitCode.Done;
            if (message == "/reset")
                chat.Reset();
            else if (message.StartsWith('/'))
                says.WriteLine($"There is no {message.Split(' ')[0]}: {Help}");
            else if (message.Length > 0)
                Answer(message);
        }
        return interrupts.Leaving.IsCancellationRequested ? ExitCode.Interrupted : ExitCode.Done;
    }

    // A console cannot be told to stop reading; the read is left behind when the chat ends.
    private async Task<string?> LineAsync()
    {
        if (isInteractive)
            await says.WriteAsync("> ");
        try
        {
            return interrupts.Leaving.IsCancellationRequested ? null : await Task.Run(input.ReadLine).WaitAsync(interrupts.Leaving);
        }
        catch (OperationCanceledException)
        {
            return null;
        }
    }

    private void Answer(string message)
    {
        try
        {
            var answer = interrupts.Answering(cancellation => chat.Answer(message, Write, cancellation));
            output.WriteLine();
            if (answer.Reason is not (StopReason.EndToken or StopReason.StopString))
                says.WriteLine(Ended(answer.Reason));
        }
        catch (Exception e) when (isInteractive && ErrorLine.IsForTheUser(e))
        {
            // The conversation is as it was; another message may do, or /reset.
            says.WriteLine($"error: {ErrorLine.Of(e)}");
        }
    }

    private void Write(string text)
    {
        output.Write(text);
        output.Flush();
    }

    private static string Ended(StopReason reason) => reason switch
    {
        StopReason.Cancelled => "[stopped]",
        StopReason.MaxNewTokens => "[--max-new-tokens reached]",
        _ => "[the model's positions are full: /reset begins anew]",
    };
}
