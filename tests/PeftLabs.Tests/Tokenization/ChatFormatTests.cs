using PeftLabs.Tokenization;

namespace PeftLabs.Tests.Tokenization;

/// <summary>
/// The formats of well-known models, by templates of our own, against texts written down by hand from what their makers publish: OpenAI's
/// ChatML, Meta's Llama 3 prompt format, Mistral's instruction format, Google's Gemma formatting, and the Phi-3 model card.
/// </summary>
public class ChatFormatTests
{
    private const string Llama3 = """
        {{ bos_token }}
        {%- for message in messages %}
            {%- set start = '<|start_header_id|>' + message.role + '<|end_header_id|>\n\n' %}
            {{- start + message.content | trim + '<|eot_id|>' }}
        {%- endfor %}
        {%- if add_generation_prompt %}
            {{- '<|start_header_id|>assistant<|end_header_id|>\n\n' }}
        {%- endif %}
        """;

    private const string Mistral = """
        {%- if messages[0]['role'] == 'system' %}
            {%- set system = messages[0]['content'] + '\n\n' %}
            {%- set turns = messages[1:] %}
        {%- else %}
            {%- set system = '' %}
            {%- set turns = messages %}
        {%- endif %}
        {{- bos_token }}
        {%- for turn in turns %}
            {%- if (turn['role'] == 'user') != (loop.index0 % 2 == 0) %}
                {{- raise_exception('user and assistant have to take turns, the user first') }}
            {%- endif %}
            {%- if turn['role'] == 'user' %}
                {{- '[INST] ' + (system if loop.first else '') + turn['content'] + ' [/INST]' }}
            {%- else %}
                {{- ' ' + turn['content'] | trim + eos_token }}
            {%- endif %}
        {%- endfor %}
        """;

    private const string Gemma = """
        {{ bos_token }}{% if messages[0].role == 'system' %}{{ raise_exception('Gemma knows no system role') }}{% endif %}
        {% for message in messages %}
            {% set role = {'assistant': 'model'}.get(message.role, message.role) %}
        {{ '<start_of_turn>' ~ role ~ '\n' ~ message.content.strip() ~ '<end_of_turn>\n' }}
        {%- endfor %}
        {% if add_generation_prompt %}
        {{ '<start_of_turn>model\n' }}
        {%- endif %}
        """;

    private const string Phi3 = """
        {% macro turn(role) %}<|{{ role }}|>{{ '\n' }}{% endmacro %}
        {% for message in messages %}
        {{ turn(message.role) }}{{ message.content }}<|end|>
        {% endfor %}
        {% if add_generation_prompt %}
        {{ turn('assistant') -}}
        {% endif %}
        """;

    private static readonly ChatMessage[] _talk =
        [new("user", "Is 7 prime?"), new("assistant", "Yes."), new("user", "And 8? "), new("assistant", "No.")];

    public static TheoryData<string, string, bool, string, string> Formats => new()
    {
        {
            "ChatML", ChatFormats.ChatML.Source, true,
            "<|im_start|>system\nBe brief.<|im_end|>\n<|im_start|>user\nIs 7 prime?<|im_end|>\n<|im_start|>assistant\nYes.<|im_end|>\n"
            + "<|im_start|>user\nAnd 8? <|im_end|>\n<|im_start|>assistant\nNo.<|im_end|>\n",
            "<|im_start|>assistant\n"
        },
        {
            "Llama 3", Llama3, true,
            "<bos><|start_header_id|>system<|end_header_id|>\n\nBe brief.<|eot_id|><|start_header_id|>user<|end_header_id|>\n\nIs 7 prime?"
            + "<|eot_id|><|start_header_id|>assistant<|end_header_id|>\n\nYes.<|eot_id|><|start_header_id|>user<|end_header_id|>\n\nAnd 8?"
            + "<|eot_id|><|start_header_id|>assistant<|end_header_id|>\n\nNo.<|eot_id|>",
            "<|start_header_id|>assistant<|end_header_id|>\n\n"
        },
        {
            "Mistral", Mistral, true,
            "<bos>[INST] Be brief.\n\nIs 7 prime? [/INST] Yes.<eos>[INST] And 8?  [/INST] No.<eos>", ""
        },
        {
            "Gemma", Gemma, false,
            "<bos><start_of_turn>user\nIs 7 prime?<end_of_turn>\n<start_of_turn>model\nYes.<end_of_turn>\n<start_of_turn>user\nAnd 8?"
            + "<end_of_turn>\n<start_of_turn>model\nNo.<end_of_turn>\n",
            "<start_of_turn>model\n"
        },
        {
            "Phi-3", Phi3, true,
            "<|system|>\nBe brief.<|end|>\n<|user|>\nIs 7 prime?<|end|>\n<|assistant|>\nYes.<|end|>\n<|user|>\nAnd 8? <|end|>\n"
            + "<|assistant|>\nNo.<|end|>\n", "<|assistant|>\n"
        },
    };

    [Theory]
    [MemberData(nameof(Formats))]
    public void A_conversation_is_written_as_the_format_has_it(string name, string source, bool system, string text, string prompt)
    {
        Assert.Equal(text, Parse(source, name).Render(Talk(system)));
        Assert.Equal(text + prompt, Parse(source, name).Render(Talk(system), addGenerationPrompt: true));
    }

    [Theory]
    [MemberData(nameof(Formats))]
    public void What_the_assistant_says_is_found_in_every_format(string name, string source, bool system, string text, string prompt)
    {
        var chat = Parse(source, name).RenderMarked(Talk(system));
        Assert.Equal((text, name == "ChatML"), (chat.Text, chat.IsMarkedByTemplate));
        // Up to the token that ends the turn, and that one too.
        Assert.Equal(["Yes.", "No."], chat.Assistant.Select(range => chat.Text[range].Trim().Split('<')[0]));
        Assert.All(chat.Assistant, range => Assert.EndsWith(">", chat.Text[range].TrimEnd(), StringComparison.Ordinal));
        Assert.All(chat.Assistant, range => Assert.EndsWith(prompt, chat.Text[..range.Start], StringComparison.Ordinal));
    }

    [Fact]
    public void A_template_refuses_in_its_own_words()
    {
        var refusal = Assert.Throws<ChatTemplateException>(() => Parse(Gemma, "gemma").Render([new("system", "Be brief.")]));
        Assert.Equal(("gemma", 1, "Gemma knows no system role"), (refusal.Template, refusal.Line, refusal.Problem));
        Assert.Equal("gemma, line 1: Gemma knows no system role.", refusal.Message);
        refusal = Assert.Throws<ChatTemplateException>(() => Parse(Mistral, "mistral").Render([new("assistant", "Hello.")]));
        Assert.Equal(11, refusal.Line);
    }

    private static ChatMessage[] Talk(bool system) => system ? [new("system", "Be brief."), .. _talk] : _talk;

    private static ChatTemplate Parse(string source, string name) =>
        ChatTemplate.Parse(source, new Dictionary<string, string> { ["bos_token"] = "<bos>", ["eos_token"] = "<eos>" }, name);
}
