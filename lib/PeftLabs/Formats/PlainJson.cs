using System.Text;

namespace PeftLabs.Formats;

/// <summary>
/// JSON strings with as few escapes as JSON allows: what the reference writers of safetensors and of PEFT write, which no encoder of
/// System.Text.Json does (all of them escape some characters beyond ASCII).
/// </summary>
internal static class PlainJson
{
    public static string Quote(string text, bool ascii = false)
    {
        var json = new StringBuilder(text.Length + 2).Append('"');
        foreach (var c in text)
            Append(json, c, ascii);
        return json.Append('"').ToString();
    }

    private static void Append(StringBuilder json, char c, bool ascii) => _ = c switch
    {
        '"' => json.Append("\\\""),
        '\\' => json.Append(@"\\"),
        '\b' => json.Append(@"\b"),
        '\f' => json.Append(@"\f"),
        '\n' => json.Append(@"\n"),
        '\r' => json.Append(@"\r"),
        '\t' => json.Append(@"\t"),
        _ when c < ' ' || (ascii && c > '~') => json.Append($"\\u{(int)c:x4}"),
        _ => json.Append(c),
    };
}
