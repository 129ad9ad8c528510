using System.Text.Json.Nodes;
using PeftLabs.Tokenization;

namespace PeftLabs.Training;

/// <summary>One record of instruction data.</summary>
/// <param name="Line">The line where it begins, the first being 1.</param>
/// <param name="Shape">Which of the members below say it.</param>
public sealed record InstructionRecord(long Line, InstructionShape Shape)
{
    /// <summary>The conversation, for <see cref="InstructionShape.Messages"/>.</summary>
    public IReadOnlyList<ChatMessage> Messages { get; init; } = [];

    /// <summary>The JSON schemas of the functions that the assistant may call.</summary>
    public JsonArray? Tools { get; init; }

    /// <summary>What the model is given: a prompt, or an instruction; empty for <see cref="InstructionShape.Text"/>.</summary>
    public string Prompt { get; init; } = "";

    /// <summary>What an instruction refers to; empty where there is nothing.</summary>
    public string Input { get; init; } = "";

    /// <summary>What the model is to write: a completion, an output, or the text.</summary>
    public string Completion { get; init; } = "";
}
