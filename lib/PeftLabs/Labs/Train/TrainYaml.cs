using System.Text;

namespace PeftLabs.Labs;

/// <summary>A described run as YAML: options, and sections of options.</summary>
internal static class TrainYaml
{
    /// <summary>The options of a text.</summary>
    public static IReadOnlyList<TrainSetting> Read(string yaml, string file) => new TrainYamlReader(yaml, file).Read();

    /// <summary>Every option of a run that has a value.</summary>
    public static string Write(TrainConfig config)
    {
        var text = new StringBuilder();
        // The top comes first: what follows a section would be in it.
        foreach (var section in TrainKeys.Sections.Prepend(""))
        {
            var keys = TrainKeys.All.Where(key => key.Section == section && key.Fits(config) && key.Option.Get(config) is not null).ToList();
            if (section.Length > 0 && keys.Count > 0)
                text.Append(section).Append(":\n");
            foreach (var key in keys)
                text.Append(section.Length > 0 ? "  " : "").Append(key.Name).Append(": ").Append(Scalar(key.Option.Get(config)!)).Append('\n');
        }
        return text.ToString();
    }

    private static string Scalar(string text)
    {
        var plain = text.Length > 0 && text is not ("null" or "~") && (char.IsAsciiLetterOrDigit(text[0]) || text[0] is '/' or '.' or '_')
            && text.All(c => char.IsAsciiLetterOrDigit(c) || c is ' ' or '.' or '_' or '-' or '/' or '+' or '@' or ',') && text[^1] != ' ';
        return plain ? text : $"'{text.Replace("'", "''", StringComparison.Ordinal)}'";
    }
}
