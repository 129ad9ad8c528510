using System.Globalization;
using System.Text.RegularExpressions;

namespace PeftLabs.Hub;

/// <summary>What the environment says about the hub, in the variables that huggingface_hub reads, and with its defaults.</summary>
internal sealed partial class HubEnvironment(Func<string, string?> variable)
{
    [GeneratedRegex(@"\$(?:\{(\w+)\}|(\w+))")]
    private static partial Regex VariablePattern { get; }

    /// <summary>HF_ENDPOINT, or the public hub.</summary>
    public Uri Endpoint => Uri.TryCreate(Variable("HF_ENDPOINT") ?? "https://huggingface.co", UriKind.Absolute, out var address)
        ? address
        : throw new ArgumentException($"HF_ENDPOINT is '{Variable("HF_ENDPOINT")}'; it must be an address such as https://huggingface.co.");

    /// <summary>HF_HUB_CACHE, or the folder hub in HF_HOME, or ~/.cache/huggingface/hub.</summary>
    public string CacheFolder =>
        (Variable("HF_HUB_CACHE") ?? Variable("HUGGINGFACE_HUB_CACHE")) is { } folder ? Expanded(folder) : Path.Combine(Home, "hub");

    /// <summary>HF_HUB_OFFLINE.</summary>
    public bool Offline => IsTrue("HF_HUB_OFFLINE") || IsTrue("TRANSFORMERS_OFFLINE");

    /// <summary>HF_HUB_DOWNLOAD_TIMEOUT, in seconds.</summary>
    public TimeSpan? Timeout => Variable("HF_HUB_DOWNLOAD_TIMEOUT") is not { } text ? null
        : double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var seconds) && seconds is > 0 and < 1e6
            ? TimeSpan.FromSeconds(seconds)
            : throw new ArgumentException($"HF_HUB_DOWNLOAD_TIMEOUT is '{text}'; it must be a number of seconds above 0.");

    private string Home => Variable("HF_HOME") is { } home ? Expanded(home)
        : Path.Combine(Variable("XDG_CACHE_HOME") is { } cache ? Expanded(cache) : Path.Combine(UserFolder, ".cache"), "huggingface");

    private string UserFolder => Variable("HOME") ?? Environment.GetFolderPath(Environment.SpecialFolder.UserProfile);

    /// <summary>HF_TOKEN, or what the file has in which the hub's other tools keep theirs; null where there is none.</summary>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public HubToken? Token()
    {
        if (IsTrue("HF_HUB_DISABLE_IMPLICIT_TOKEN"))
            return null;
        foreach (var name in (string[])["HF_TOKEN", "HUGGING_FACE_HUB_TOKEN"])
            if (Variable(name) is { } value)
                return new HubToken(value, name);
        var file = Variable("HF_TOKEN_PATH") is { } path ? Expanded(path) : Path.Combine(Home, "token");
        return File.Exists(file) && File.ReadAllText(file).Trim() is { Length: > 0 } text ? new HubToken(text, file) : null;
    }

    private string? Variable(string name) => variable(name)?.Trim() is { Length: > 0 } value ? value : null;

    private bool IsTrue(string name) => Variable(name)?.ToUpperInvariant() is "1" or "ON" or "YES" or "TRUE";

    // ~ and $NAME, as in a shell; a variable that is not there stays as it is written.
    private string Expanded(string path)
    {
        if (path == "~" || path.StartsWith("~/", StringComparison.Ordinal))
            path = UserFolder + path[1..];
        return Path.GetFullPath(VariablePattern.Replace(path, match => variable(match.Groups[1].Value + match.Groups[2].Value) ?? match.Value));
    }
}
