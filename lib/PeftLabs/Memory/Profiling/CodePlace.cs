namespace PeftLabs.Memory.Profiling;

/// <summary>A place in the code, as the compiler knows it.</summary>
/// <param name="Member">The member's name.</param>
/// <param name="File">The file's path where it was compiled; only its name is ever shown.</param>
/// <param name="Line">The line.</param>
internal readonly record struct CodePlace(string Member, string? File, int Line)
{
    /// <summary>Whether it is the same place; texts of the compiler are the same objects, so that this is rarely more than three
    /// comparisons.</summary>
    public bool Is(in CodePlace other) => Line == other.Line && Member == other.Member && File == other.File;

    /// <summary>As in "ProjectionFunction.forward, ProjectionFunction.cs:57"; a constructor as "new Projection, Projection.cs:20"; empty
    /// for a stage, which is no place.</summary>
    public override string ToString()
    {
        if (File is null)
            return "";
        // Compiled elsewhere, perhaps, where the other slash is the separator.
        var file = File[(File.AsSpan().LastIndexOfAny('/', '\\') + 1)..];
        var type = file.Split('.')[0];
        return $"{(Member is ".ctor" ? $"new {type}" : $"{type}.{Member}")}, {file}:{Line}";
    }
}
