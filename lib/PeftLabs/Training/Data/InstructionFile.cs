namespace PeftLabs.Training;

/// <summary>
/// Reads instruction data record by record, so that a file may be larger than memory: JSON Lines (<c>.jsonl</c>, <c>.ndjson</c>,
/// <c>.json</c>), one object a line, or CSV (RFC 4180, UTF-8, a header that names the fields). Nothing is skipped: what is not right is
/// an error that names its line and column.
/// </summary>
public static class InstructionFile
{
    /// <summary>The records of a file, in order.</summary>
    /// <param name="path">The file.</param>
    /// <param name="shape">The shape that all records must have; null for that of the first.</param>
    /// <param name="progress">Told the bytes that have been read.</param>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="ArgumentException">The file's name ends with none of the above.</exception>
    /// <exception cref="InstructionDataException">While reading: a record is not right, or there is none.</exception>
    public static IEnumerable<InstructionRecord> Read(string path, InstructionShape? shape = null, Action<long>? progress = null)
    {
        ArgumentNullException.ThrowIfNull(path);
        if (!File.Exists(path))
            throw new FileNotFoundException($"{path} does not exist.", path);
        return Path.GetExtension(path).ToLowerInvariant() switch
        {
            ".jsonl" or ".ndjson" or ".json" => All(path, JsonLinesReader.Read(path, shape, progress)),
            ".csv" => All(path, CsvRecordReader.Read(path, shape, progress)),
            var other => throw new ArgumentException(
                $"{path}: '{other}' says nothing of its format; .jsonl, .ndjson and .json (JSON Lines) and .csv do.", nameof(path)),
        };
    }

    private static IEnumerable<InstructionRecord> All(string path, IEnumerable<InstructionRecord> records)
    {
        var any = false;
        foreach (var record in records)
        {
            any = true;
            yield return record;
        }
        if (!any)
            throw new InstructionDataException(path, 1, 1, "the file holds no record");
    }
}
