namespace PeftLabs.Training;

/// <summary>How far the tokenizing of a data file has come.</summary>
/// <param name="BytesRead">Bytes of the file that have been read.</param>
/// <param name="TotalBytes">Bytes of the file.</param>
/// <param name="Examples">Examples made so far.</param>
/// <param name="Tokens">Their tokens.</param>
public sealed record InstructionProgress(long BytesRead, long TotalBytes, long Examples, long Tokens);
