namespace PeftLabs.Training;

/// <summary>The common shapes of instruction data, by the fields of a record. Further fields may stand beside them.</summary>
public enum InstructionShape
{
    /// <summary><c>messages</c>: a conversation, each message with role and content; <c>tools</c> beside it where there are some.</summary>
    Messages,

    /// <summary><c>instruction</c>, <c>output</c>, and sometimes <c>input</c>, to which the instruction refers: Alpaca's.</summary>
    Instruction,

    /// <summary><c>prompt</c> and <c>completion</c>: the one goes on as the other.</summary>
    PromptCompletion,

    /// <summary><c>text</c>: all of it is learned.</summary>
    Text,
}
