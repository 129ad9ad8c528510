namespace PeftLabs.Labs;

/// <summary>What a run's examples are made of.</summary>
public enum DataKind
{
    /// <summary>Generated text-to-SQL pairs (<see cref="TaskGenerator"/>); the loss counts the SQL alone.</summary>
    TextToSql,

    /// <summary>Generated text (<see cref="TextGenerator"/>), cut into pieces of one length; every token is a target.</summary>
    Text,

    /// <summary>Tokens drawn evenly from the vocabulary, for measuring: a model without a tokenizer has no others.</summary>
    RandomTokens,
}
