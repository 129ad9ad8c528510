using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;

namespace PeftLabs.Tokenization;

/// <summary>
/// A model's chat template: the Jinja program with which a conversation becomes the text that the model was trained on, rendered as
/// Hugging Face's transformers do (trim_blocks, lstrip_blocks, loop controls, raise_exception, strftime_now, generation blocks). Several
/// threads may use one.
/// </summary>
public sealed class ChatTemplate
{
    private readonly IReadOnlyList<TemplateStatement> _body;
    private readonly IReadOnlyDictionary<string, string> _specialTokens;

    private readonly TimeProvider _clock;

    private ChatTemplate(string source, string name, IReadOnlyDictionary<string, string> specialTokens, TimeProvider? clock)
    {
        (Source, Name, _specialTokens, _clock) = (source, name, specialTokens, clock ?? TimeProvider.System);
        var parser = new TemplateParser(name, new TemplateLexer(name, source).Read());
        _body = parser.Parse();
        MarksAssistant = parser.HasGeneration;
    }

    /// <summary>Its file, or the name it was given; messages begin with it.</summary>
    public string Name { get; }

    /// <summary>Its text.</summary>
    public string Source { get; }

    /// <summary>Whether it marks what the assistant says by generation blocks.</summary>
    public bool MarksAssistant { get; }

    /// <summary>
    /// SHA-256 of all that its renderings follow from beside the conversation, in hexadecimal digits: its text, the special tokens, and,
    /// where it asks for the time, the day.
    /// </summary>
    public string Hash
    {
        get
        {
            var facts = new StringBuilder().Append(Source);
            foreach (var (token, text) in _specialTokens.OrderBy(entry => entry.Key, StringComparer.Ordinal))
                facts.Append('\0').Append(token).Append('\0').Append(text);
            if (Source.Contains("strftime_now", StringComparison.Ordinal))
                facts.Append('\0').Append(TemplateTime.Format(_clock.GetLocalNow(), "%F"));
            return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(facts.ToString())));
        }
    }

    /// <summary>
    /// Reads the template of a model's folder, from <c>chat_template.jinja</c>, <c>additional_chat_templates/NAME.jinja</c>,
    /// <c>chat_template.json</c> or the field chat_template of <c>tokenizer_config.json</c>, the first that is there; and the special
    /// tokens from the last.
    /// </summary>
    /// <param name="folder">The model's folder.</param>
    /// <param name="name">Which of several templates, such as tool_use; null for the one named default, or the only one.</param>
    /// <param name="clock">The clock of strftime_now; null for the machine's.</param>
    /// <exception cref="FileNotFoundException">There is no template, or none of that name; the message lists those there are.</exception>
    /// <exception cref="TokenizerFileException">A file is broken.</exception>
    /// <exception cref="ChatTemplateException">The template is broken, or uses what is not supported.</exception>
    public static ChatTemplate Load(string folder, string? name = null, TimeProvider? clock = null)
    {
        ArgumentNullException.ThrowIfNull(folder);
        var (file, source) = ChatTemplateFiles.Find(folder, name);
        return new(source, file, ChatTemplateFiles.SpecialTokens(folder), clock);
    }

    /// <summary>Reads a template that stands in a file of its own, and the special tokens of a model's folder.</summary>
    /// <param name="file">The template's file.</param>
    /// <param name="folder">The folder whose <c>tokenizer_config.json</c> names them; where it has none, the template has none.</param>
    /// <param name="clock">The clock of strftime_now; null for the machine's.</param>
    /// <exception cref="IOException">The template cannot be read.</exception>
    /// <exception cref="TokenizerFileException">The folder's file is broken.</exception>
    /// <exception cref="ChatTemplateException">The template is broken, or uses what is not supported.</exception>
    public static ChatTemplate LoadFile(string file, string folder, TimeProvider? clock = null)
    {
        ArgumentNullException.ThrowIfNull(file);
        ArgumentNullException.ThrowIfNull(folder);
        return new(File.ReadAllText(file), file, ChatTemplateFiles.SpecialTokens(folder), clock);
    }

    /// <summary>Reads a template's text.</summary>
    /// <param name="source">The text.</param>
    /// <param name="specialTokens">Variables such as bos_token and eos_token that it may use.</param>
    /// <param name="name">What messages call it.</param>
    /// <param name="clock">The clock of strftime_now; null for the machine's.</param>
    /// <exception cref="ChatTemplateException">It is broken, or uses what is not supported.</exception>
    public static ChatTemplate Parse(
        string source, IReadOnlyDictionary<string, string>? specialTokens = null, string name = "chat template", TimeProvider? clock = null)
    {
        ArgumentNullException.ThrowIfNull(source);
        return new(source, name, specialTokens ?? new Dictionary<string, string>(), clock);
    }

    /// <summary>The conversation as text.</summary>
    /// <param name="messages">The conversation.</param>
    /// <param name="addGenerationPrompt">Whether what begins the assistant's next turn comes last.</param>
    /// <param name="tools">JSON schemas of the functions that the assistant may call.</param>
    /// <param name="variables">Further variables of this template, such as enable_thinking.</param>
    /// <exception cref="ChatTemplateException">
    /// The template refuses the conversation, or asks of it what is not there; or tools or variables hold a number beyond the whole
    /// numbers that are supported, or a string that is no text.
    /// </exception>
    public string Render(
        IReadOnlyList<ChatMessage> messages, bool addGenerationPrompt = false, JsonArray? tools = null,
        IReadOnlyDictionary<string, JsonNode?>? variables = null) => Run(messages, addGenerationPrompt, tools, variables).Output.ToString();

    /// <summary>
    /// The conversation as text, and which of it the assistant wrote: by the template's generation blocks; where it has none, by what each
    /// assistant message adds to the text before it, with the generation prompt.
    /// </summary>
    /// <param name="messages">The conversation.</param>
    /// <param name="tools">JSON schemas of the functions that the assistant may call.</param>
    /// <param name="variables">Further variables of this template.</param>
    /// <exception cref="ChatTemplateException">
    /// As <see cref="Render"/>; or the template has no generation blocks, and writes earlier messages otherwise when later ones follow, so
    /// that it cannot be told which part is whose.
    /// </exception>
    public RenderedChat RenderMarked(
        IReadOnlyList<ChatMessage> messages, JsonArray? tools = null, IReadOnlyDictionary<string, JsonNode?>? variables = null)
    {
        var context = Run(messages, addGenerationPrompt: false, tools, variables);
        var text = context.Output.ToString();
        if (MarksAssistant)
            return new(text, context.Generated, true);
        List<Range> assistant = [];
        var end = 0;
        for (var i = 0; i < messages.Count; i++)
        {
            if (messages[i].Role != "assistant")
                continue;
            var (from, to) = Added(text, messages, i, tools, variables);
            // A turn may add nothing, and a generation prompt may be shorter than what ends the turn before.
            if (Math.Max(from, end) is var start && start >= to)
                continue;
            assistant.Add(start..to);
            end = to;
        }
        return new(text, assistant, false);
    }

    private (int From, int To) Added(
        string text, IReadOnlyList<ChatMessage> messages, int index, JsonArray? tools, IReadOnlyDictionary<string, JsonNode?>? variables)
    {
        var before = Render([.. messages.Take(index)], addGenerationPrompt: true, tools, variables);
        var with = index + 1 == messages.Count ? text : Render([.. messages.Take(index + 1)], addGenerationPrompt: false, tools, variables);
        RequireBeginning(before, with, $"up to the assistant's message {index + 1} and its generation prompt, the text");
        RequireBeginning(with, text, $"up to the assistant's message {index + 1}, the text");
        return (before.Length, with.Length);
    }

    private void RequireBeginning(string beginning, string text, string what)
    {
        var same = beginning.AsSpan().CommonPrefixLength(text);
        if (same == beginning.Length)
            return;
        var (wanted, found) = (Excerpt(beginning, same), Excerpt(text, same));
        throw new ChatTemplateException(Name, 0, $"{what} is not how the text goes on with what follows (it has {found} where {wanted} stood, "
            + $"at character {same}), so what the assistant wrote cannot be told apart; a template with {{% generation %}} blocks around it "
            + "is needed");
    }

    private static string Excerpt(string text, int at) =>
        at == text.Length ? "its end" : PythonText.Quote(text.Substring(at, Math.Min(20, text.Length - at)));

    private TemplateContext Run(
        IReadOnlyList<ChatMessage> messages, bool addGenerationPrompt, JsonArray? tools, IReadOnlyDictionary<string, JsonNode?>? variables)
    {
        ArgumentNullException.ThrowIfNull(messages);
        var scope = new TemplateScope(null);
        foreach (var (name, token) in _specialTokens)
            scope.Set(name, token);
        foreach (var (name, value) in variables ?? new Dictionary<string, JsonNode?>())
            scope.Set(name, Read(name, value));
        scope.Set("messages", messages.Select(message => message.Value).ToList<object?>());
        scope.Set("tools", Read("tools", tools));
        scope.Set("documents", null);
        scope.Set("add_generation_prompt", addGenerationPrompt);
        var context = new TemplateContext(scope, _clock);
        TemplateStatement.RenderAll(_body, context);
        return context;
    }

    private object? Read(string variable, JsonNode? value)
    {
        try
        {
            return TemplateJson.Read(value);
        }
        catch (FormatException exception)
        {
            throw new ChatTemplateException(Name, 0, $"the variable {variable} is nothing a template can hold: {exception.Message}", exception);
        }
    }
}
