namespace PeftLabs.Tokenization;

/// <summary>A tokenizer file that is broken, or asks for what this kit does not do. The message names file, place and thing.</summary>
public sealed class TokenizerFileException : FormatException
{
    internal TokenizerFileException(string file, string place, string problem, Exception? cause = null)
        : base($"{file}: {(place == "" ? "" : place + ": ")}{problem}.", cause)
    {
        File = file;
        Place = place;
    }

    /// <summary>The file's path as it was given.</summary>
    public string File { get; }

    /// <summary>Where in the file: a JSON path such as <c>$.model.type</c>, or a field of a protobuf message.</summary>
    public string Place { get; }
}
