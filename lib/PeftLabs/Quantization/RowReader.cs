namespace PeftLabs.Quantization;

/// <summary>Fills <paramref name="values"/> with whole rows of a matrix from <paramref name="firstRow"/> on; called by several threads.</summary>
/// <param name="firstRow">The first row.</param>
/// <param name="values">Room for the rows, row-major.</param>
public delegate void RowReader(long firstRow, Span<float> values);
