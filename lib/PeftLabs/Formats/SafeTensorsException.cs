namespace PeftLabs.Formats;

/// <summary>
/// A checkpoint breaks its format, or lacks what was asked of it. The message says what was found and what would be right.
/// </summary>
public sealed class SafeTensorsException : Exception
{
    /// <summary>A violation in <paramref name="file"/>, at a tensor or a byte where one can be named.</summary>
    public SafeTensorsException(string message, string file, string? tensor = null, long? offset = null, Exception? inner = null)
        : base(Describe(message, file, tensor, offset), inner) => (File, Tensor, Offset) = (file, tensor, offset);

    /// <summary>The file or folder.</summary>
    public string File { get; }

    /// <summary>The tensor that is wrong, or null where the fault is not one tensor's.</summary>
    public string? Tensor { get; }

    /// <summary>The byte of the file at which the fault lies, or null where there is no such place.</summary>
    public long? Offset { get; }

    internal static SafeTensorsException NoSuchTensor(string file, string name, IReadOnlyCollection<string> names) => new(
        $"there is no such tensor; there are {names.Count}{(names.Count > 0 ? $", such as '{names.First()}'" : "")}.", file, name);

    private static string Describe(string message, string file, string? tensor, long? offset) =>
        file + (tensor is null ? "" : $", tensor '{tensor}'") + (offset is null ? "" : $", byte {offset}") + ": " + message;
}
