namespace PeftLabs.Tokenization;

/// <summary>Where a model's folder keeps its chat templates.</summary>
internal static class ChatTemplateFiles
{
    private const string Default = "default", ConfigFile = TokenizerConfig.FileName;

    /// <summary>Whether a folder has any.</summary>
    public static bool Has(string folder) => All(folder).Any();

    /// <summary>A template's place and text.</summary>
    public static (string Name, string Source) Find(string folder, string? name)
    {
        List<(string Name, string File, string Source)> found = [.. All(folder)];
        if (found.Count == 0)
            throw new FileNotFoundException(
                $"{folder} has no chat template: neither chat_template.jinja nor a field chat_template in {ConfigFile}. "
                + "A base model has none; ChatTemplate.Parse takes one as text, and ChatFormats.ChatML is a common one.", folder);
        var wanted = name ?? (found.Exists(template => template.Name == Default) ? Default : found.Count == 1 ? found[0].Name : Default);
        var index = found.FindIndex(template => template.Name == wanted);
        if (index < 0)
            throw new FileNotFoundException(
                $"{folder} has no chat template named {wanted}; it has {string.Join(", ", found.Select(template => template.Name).Distinct())}.",
                folder);
        return (found[index].File, found[index].Source);
    }

    /// <summary>The tokens that templates know by name, as far as the folder names them.</summary>
    public static IReadOnlyDictionary<string, string> SpecialTokens(string folder)
    {
        Dictionary<string, string> tokens = [];
        var file = TokenizerConfig.FileIn(folder);
        if (!File.Exists(file))
            return tokens;
        using var document = JsonPlace.Parse(file);
        var root = new JsonPlace(file, "$", document.RootElement);
        foreach (var name in new[] { "bos_token", "eos_token", "pad_token", "unk_token", "sep_token", "cls_token", "mask_token" })
            if (root[name] is { IsNull: false } token)
                tokens[name] = token.IsObject ? token["content"].String() : token.String();
        return tokens;
    }

    private static IEnumerable<(string Name, string File, string Source)> All(string folder)
    {
        var plain = Path.Combine(folder, "chat_template.jinja");
        if (File.Exists(plain))
            yield return (Default, plain, File.ReadAllText(plain));
        var additional = Path.Combine(folder, "additional_chat_templates");
        if (Directory.Exists(additional))
            foreach (var file in Directory.GetFiles(additional, "*.jinja").Order(StringComparer.Ordinal))
                yield return (Path.GetFileNameWithoutExtension(file), file, File.ReadAllText(file));
        foreach (var name in new[] { "chat_template.json", ConfigFile })
            foreach (var template in OfJson(Path.Combine(folder, name)))
                yield return template;
    }

    /// <summary>The field chat_template: one text, or a list of named ones.</summary>
    private static List<(string Name, string File, string Source)> OfJson(string file)
    {
        if (!File.Exists(file))
            return [];
        using var document = JsonPlace.Parse(file);
        var place = new JsonPlace(file, "$", document.RootElement)["chat_template"];
        if (place.IsNull)
            return [];
        if (place.IsString)
            return [(Default, $"{file} (chat_template)", place.String())];
        return [.. place.Items().Select(item =>
            (item["name"].String(), $"{file} (chat_template {item["name"].String()})", item["template"].String()))];
    }
}
