namespace PeftLabs.Labs;

/// <summary>A pair to fine-tune on: the loss counts the completion alone.</summary>
/// <param name="Prompt">What the model is given.</param>
/// <param name="Completion">What it is to write after it, the leading space included.</param>
public sealed record InstructionExample(string Prompt, string Completion);
