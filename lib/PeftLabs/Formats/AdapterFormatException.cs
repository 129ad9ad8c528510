namespace PeftLabs.Formats;

/// <summary>An adapter's files break PEFT's format, or ask for what the kit cannot do. The message says what would be right.</summary>
public sealed class AdapterFormatException : Exception
{
    /// <summary>A fault in <paramref name="file"/>, of a field of its configuration or of a tensor where one can be named.</summary>
    public AdapterFormatException(string message, string file, string? field = null, Exception? inner = null)
        : base(file + (field is null ? "" : $", {field}") + ": " + message, inner) => (File, Field) = (file, field);

    /// <summary>The file or folder.</summary>
    public string File { get; }

    /// <summary>The field of adapter_config.json, or the tensor; null where the fault is neither's.</summary>
    public string? Field { get; }
}
