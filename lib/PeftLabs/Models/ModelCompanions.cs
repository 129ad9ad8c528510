namespace PeftLabs.Models;

/// <summary>The files beside a model's weights: its config, its tokenizer, how it generates, its licence.</summary>
internal static class ModelCompanions
{
    private static readonly string[] Names =
    [
        "config.json", "generation_config.json", "tokenizer.json", "tokenizer.model", "tokenizer_config.json", "special_tokens_map.json",
        "added_tokens.json", "vocab.json", "merges.txt", "chat_template.jinja", "chat_template.json", "LICENSE", "LICENSE.txt", "NOTICE",
    ];

    /// <summary>Copies what there is of them, except files that the target has already.</summary>
    public static void Copy(string source, string target)
    {
        foreach (var name in Names)
        {
            var (from, to) = (Path.Combine(source, name), Path.Combine(target, name));
            if (File.Exists(from) && !File.Exists(to))
                File.Copy(from, to);
        }
    }
}
