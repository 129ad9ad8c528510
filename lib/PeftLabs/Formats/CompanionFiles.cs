namespace PeftLabs.Formats;

/// <summary>The files beside a model's weights.</summary>
internal static class CompanionFiles
{
    /// <summary>Its configuration, its tokenizer, how it generates, its chat template, its licence.</summary>
    public static IReadOnlyList<string> Names { get; } =
    [
        "config.json", "generation_config.json", "tokenizer.json", "tokenizer.model", "tokenizer_config.json", "special_tokens_map.json",
        "added_tokens.json", "vocab.json", "merges.txt", "chat_template.jinja", "chat_template.json", "LICENSE", "LICENSE.txt", "NOTICE",
    ];
}
