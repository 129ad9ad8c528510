using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using PeftLabs.Models.Generation;

namespace PeftLabs.Cli.Generation;

/// <summary>Writes texts as they come: one alone piece by piece, of several each as it ends.</summary>
public sealed class GeneratedOutput(TextWriter output, TextWriter error, bool json, IReadOnlyList<string> prompts)
{
    private static readonly JsonSerializerOptions s_json = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Writes a piece of a text that is alone.</summary>
    public void Piece(string text)
    {
        if (json)
            return;
        output.Write(text);
        output.Flush();
    }

    /// <summary>Writes what is left to say of a text that has ended.</summary>
    public void Ended(int index, GeneratedText text)
    {
        if (json)
            output.WriteLine(Json(index, text));
        else if (prompts.Count == 1)
            output.WriteLine();
        else
            output.WriteLine($"{index + 1}: {prompts[index]}{text.Text}");
        output.Flush();
        error.WriteLine(Line(text));
    }

    private string Json(int index, GeneratedText text) => JsonSerializer.Serialize(new
    {
        index,
        prompt = prompts[index],
        text = text.Text,
        reason = JsonNamingPolicy.SnakeCaseLower.ConvertName(text.Reason.ToString()),
        prompt_tokens = text.PromptTokens,
        tokens = text.Tokens,
        prefill_seconds = text.PrefillSeconds > 0 ? text.PrefillSeconds : (double?)null,
        tokens_per_second = text.TokensPerSecond > 0 ? text.TokensPerSecond : (double?)null,
    }, s_json);

    private static string Line(GeneratedText text)
    {
        var times = text.TokensPerSecond > 0 ? string.Create(CultureInfo.InvariantCulture,
            $"; the prompt's {text.PromptTokens} tokens took {text.PrefillSeconds:0.00} s, then {text.TokensPerSecond:0.0} tokens/s") : "";
        return $"{text.Tokens.Count} tokens, ended by {Reason(text.Reason)}{times}";
    }

    private static string Reason(StopReason reason) => reason switch
    {
        StopReason.EndToken => "an end token",
        StopReason.StopString => "a stop string",
        StopReason.MaxNewTokens => "--max-new-tokens",
        _ => "the end of the model's positions",
    };
}
