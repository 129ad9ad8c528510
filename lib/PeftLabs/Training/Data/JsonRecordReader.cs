using System.Text.Json;
using System.Text.Json.Nodes;
using PeftLabs.Tokenization;

namespace PeftLabs.Training;

/// <summary>Reads the object of one line, and says of what is not right where in the line it stands.</summary>
internal sealed class JsonRecordReader(string path, long number, string line, JsonElement root)
{
    public InstructionDataException Refuse(IReadOnlyList<object> place, string problem) =>
        new(path, number, JsonColumn.Of(line, place), problem);

    public InstructionShape Shape()
    {
        if (root.ValueKind != JsonValueKind.Object)
            throw Refuse([], $"{Shown(root)} where a JSON object belongs");
        var names = root.EnumerateObject().Select(property => property.Name).ToList();
        return InstructionFields.Detect(names) ?? throw Refuse([], InstructionFields.Unknown(names));
    }

    public InstructionRecord Read(InstructionShape shape) => shape switch
    {
        InstructionShape.Messages => new(number, shape) { Messages = Messages(), Tools = Tools() },
        InstructionShape.Instruction => new(number, shape)
        {
            Prompt = Text("instruction", needsSome: true),
            Input = root.TryGetProperty("input", out var input) && input.ValueKind != JsonValueKind.Null ? Text("input", needsSome: false) : "",
            Completion = Text("output", needsSome: true),
        },
        InstructionShape.PromptCompletion => new(number, shape)
        {
            Prompt = Text("prompt", needsSome: false),
            Completion = Text("completion", needsSome: true),
        },
        _ => new(number, shape) { Completion = Text("text", needsSome: true) },
    };

    private string Text(string name, bool needsSome)
    {
        if (!root.TryGetProperty(name, out var value))
            throw Refuse([], $"the field {name} is missing");
        if (value.ValueKind != JsonValueKind.String)
            throw Refuse([name], $"{name} is {Shown(value)} where a string belongs");
        var text = String(value, name);
        return text != "" || !needsSome ? text : throw Refuse([name], InstructionFields.Empty(name));
    }

    private List<ChatMessage> Messages()
    {
        var list = root.GetProperty("messages");
        if (list.ValueKind != JsonValueKind.Array || list.GetArrayLength() == 0)
            throw Refuse(["messages"], $"messages is {Shown(list)} where an array of at least one message belongs");
        List<ChatMessage> messages = [.. list.EnumerateArray().Select((message, index) => Message(message, index))];
        return messages.Exists(message => message.Role == "assistant") ? messages
            : throw Refuse(["messages"], "no message is the assistant's, so there is nothing to learn");
    }

    private ChatMessage Message(JsonElement message, int index)
    {
        if (message.ValueKind != JsonValueKind.Object)
            throw Refuse(["messages", index], $"{Shown(message)} where a message, an object with role and content, belongs");
        if (!message.TryGetProperty("role", out var role))
            throw Refuse(["messages", index], "the message's role is missing");
        if (role.ValueKind != JsonValueKind.String || String(role, "messages", index, "role") == "")
            throw Refuse(["messages", index, "role"], $"role is {Shown(role)} where a string such as user belongs");
        var hasCalls = message.TryGetProperty("tool_calls", out var calls) && calls.ValueKind == JsonValueKind.Array && calls.GetArrayLength() > 0;
        var hasContent = message.TryGetProperty("content", out var content);
        if (!hasContent && !hasCalls)
            throw Refuse(["messages", index], "the message's content is missing");
        var isContent = content.ValueKind is JsonValueKind.String or JsonValueKind.Array || (content.ValueKind == JsonValueKind.Null && hasCalls);
        if (hasContent && !isContent)
            throw Refuse(["messages", index, "content"], $"content is {Shown(content)} where a string, or an array of parts, belongs");
        try
        {
            return new((JsonObject)JsonNode.Parse(message.GetRawText())!);
        }
        catch (Exception exception) when (exception is ArgumentException or InvalidOperationException)
        {
            throw Refuse(["messages", index], exception.Message.Split(" (Parameter")[0]);
        }
    }

    private JsonArray? Tools()
    {
        if (!root.TryGetProperty("tools", out var tools) || tools.ValueKind == JsonValueKind.Null)
            return null;
        return tools.ValueKind == JsonValueKind.Array ? (JsonArray)JsonNode.Parse(tools.GetRawText())!
            : throw Refuse(["tools"], $"tools is {Shown(tools)} where an array belongs");
    }

    private string String(JsonElement value, params object[] place)
    {
        try
        {
            return value.GetString()!;
        }
        catch (InvalidOperationException)
        {
            throw Refuse(place, "the string holds half of a surrogate pair, which is no character");
        }
    }

    private static string Shown(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Object => "an object",
        JsonValueKind.Array => value.GetArrayLength() == 0 ? "an empty array" : "an array",
        _ => value.GetRawText() is { Length: > 30 } text ? text[..30] + "…" : value.GetRawText(),
    };
}
