namespace PeftLabs.Tokenization;

/// <summary>Chat formats for models that bring none of their own.</summary>
public static class ChatFormats
{
    private const string ChatMLSource = """
        {% for message in messages %}
        <|im_start|>{{ message.role }}
        {% if message.role == 'assistant' %}
        {% generation %}{{ message.content }}<|im_end|>{% endgeneration %}

        {% else %}
        {{ message.content }}<|im_end|>
        {% endif %}
        {% endfor %}
        {% if add_generation_prompt %}<|im_start|>assistant
        {{ '' }}{% endif %}
        """;

    /// <summary>
    /// ChatML: each turn between &lt;|im_start|&gt; with its role, and &lt;|im_end|&gt;. What the assistant says is learned up to the
    /// latter, which ends its turn. The two should be tokens of the model's vocabulary, or it spells them.
    /// </summary>
    public static ChatTemplate ChatML { get; } = ChatTemplate.Parse(ChatMLSource, name: "ChatML");
}
