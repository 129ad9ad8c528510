namespace PeftLabs.Training;

/// <summary>A data file with something in it that is not right. The message names file, line and column, and what would be right.</summary>
public sealed class InstructionDataException : FormatException
{
    internal InstructionDataException(string file, long line, long column, string problem, Exception? cause = null)
        : base($"{file}, line {line}, column {column}: {problem.TrimEnd('.')}.", cause)
    {
        (File, Line, Column) = (file, line, column);
    }

    /// <summary>The file's path as it was given.</summary>
    public string File { get; }

    /// <summary>The line, the first being 1.</summary>
    public long Line { get; }

    /// <summary>The column in characters, the first being 1.</summary>
    public long Column { get; }
}
