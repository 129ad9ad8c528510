namespace PeftLabs.Notebooks;

/// <summary>What a cell holds, as nbformat names it.</summary>
public enum CellKind
{
    /// <summary>Prose.</summary>
    Markdown,

    /// <summary>A program, with its outputs.</summary>
    Code,

    /// <summary>Text that nothing interprets.</summary>
    Raw,
}
