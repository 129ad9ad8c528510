using PeftLabs.Tokenization;

namespace PeftLabs.Labs;

/// <summary>What a model gives to make examples with.</summary>
/// <param name="Vocabulary">Its tokens; random ones are drawn from them.</param>
/// <param name="Tokenizer">What makes tokens of texts; random tokens need none.</param>
internal sealed record DataTools(int Vocabulary, HuggingFaceTokenizer? Tokenizer)
{
    /// <summary>The token that ends a text; null where neither tokenizer nor model names one.</summary>
    public int? EndId { get; init; } = Tokenizer?.EosId;

    /// <summary>The model's folder, where its chat template is; null for none.</summary>
    public string? Folder { get; init; }

    /// <summary>The tools of a spec's model.</summary>
    public static DataTools Of(RunSpec spec)
    {
        var (config, folder) = (spec.Model.Config(), spec.Model.Located);
        var texts = spec.Data.Kind != DataKind.RandomTokens;
        var tokenizer = texts && folder is not null ? HuggingFaceTokenizer.Load(folder) : null;
        return new(config.VocabularySize, tokenizer) { EndId = tokenizer?.EosId ?? config.EndTokens.Cast<int?>().FirstOrDefault(), Folder = folder };
    }

    /// <summary>The tokenizer, which data of a kind need.</summary>
    /// <exception cref="ArgumentException">There is none.</exception>
    public HuggingFaceTokenizer Required(DataKind kind) => Tokenizer ?? throw new ArgumentException(
        $"Data of kind {kind} needs a tokenizer, and a shape with random weights has none: use {DataKind.RandomTokens}.");

    /// <summary>The chat template that a recipe asks for; null for none.</summary>
    /// <exception cref="FileNotFoundException">A file is named, and is not there.</exception>
    public ChatTemplate? Template(string? named)
    {
        if (named is null)
            return Folder is not null && ChatTemplateFiles.Has(Folder) ? ChatTemplate.Load(Folder) : null;
        var file = PortablePath.Locate(named);
        return named switch
        {
            "none" => null,
            "chatml" => ChatFormats.ChatML,
            _ when File.Exists(file) => ChatTemplate.LoadFile(file, Folder ?? ""),
            _ => throw new FileNotFoundException($"There is no chat template '{named}': it is none, chatml, or a file.", named),
        };
    }
}
