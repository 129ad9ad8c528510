namespace PeftLabs.Labs;

/// <summary>What a run's examples are made of.</summary>
public enum DataKind
{
    /// <summary>Generated text (<see cref="TextGenerator"/>), cut into pieces of one length; every token is a target.</summary>
    Text,

    /// <summary>Tokens drawn evenly from the vocabulary, for measuring: a model without a tokenizer has no others.</summary>
    RandomTokens,

    /// <summary>A task of the kit (<see cref="LabTasks"/>); the loss counts the completions alone, and what is held out is its validation split.</summary>
    Task,

    /// <summary>
    /// A task's examples as running text, prompts and answers after each other, cut into pieces of one length, every token a target: for
    /// measurements that want sequences of one length.
    /// </summary>
    TaskText,

    /// <summary>
    /// A data file: JSON Lines or CSV (<see cref="Training.InstructionFile"/>), of which the loss counts what is to be answered; or plain
    /// text (.txt, .md), cut into pieces of one length, every token a target.
    /// </summary>
    File,
}
