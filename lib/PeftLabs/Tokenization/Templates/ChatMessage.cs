using System.Text.Json;
using System.Text.Json.Nodes;

namespace PeftLabs.Tokenization;

/// <summary>One turn of a conversation: who speaks, and what; and whatever else a template may ask of it, such as tool calls.</summary>
public sealed class ChatMessage
{
    private readonly JsonObject _fields;

    /// <summary>A message of plain text.</summary>
    /// <param name="role">system, user, assistant, tool, or what else the template knows.</param>
    /// <param name="content">The text.</param>
    public ChatMessage(string role, string content)
        : this(new JsonObject { ["role"] = role ?? throw new ArgumentNullException(nameof(role)), ["content"] = content })
    {
    }

    /// <summary>A message with all the fields of its JSON form; it keeps a copy.</summary>
    /// <exception cref="ArgumentException">
    /// The field role is missing or no string; or a number is beyond what templates can hold, or a string is no text.
    /// </exception>
    public ChatMessage(JsonObject fields)
    {
        ArgumentNullException.ThrowIfNull(fields);
        _fields = (JsonObject)fields.DeepClone();
        try
        {
            Value = TemplateJson.Read(_fields)!;
        }
        catch (FormatException exception)
        {
            throw new ArgumentException(exception.Message, nameof(fields), exception);
        }
        Role = fields["role"] is JsonValue value && value.GetValueKind() == JsonValueKind.String ? value.GetValue<string>()
            : throw new ArgumentException(
                $"A message's field role is {fields["role"]?.ToJsonString() ?? "missing"}; it has to be a string such as user.", nameof(fields));
    }

    /// <summary>Who speaks.</summary>
    public string Role { get; }

    /// <summary>The text; null where there is none, or where it comes in parts.</summary>
    public string? Content => _fields["content"] is JsonValue value && value.GetValueKind() == JsonValueKind.String ? value.GetValue<string>() : null;

    /// <summary>What a template sees.</summary>
    internal object Value { get; }

    /// <summary>All fields, as a copy.</summary>
    public JsonObject ToJson() => (JsonObject)_fields.DeepClone();
}
