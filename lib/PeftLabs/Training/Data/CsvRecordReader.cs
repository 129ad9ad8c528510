namespace PeftLabs.Training;

/// <summary>Reads instruction data from CSV; the header says which column is which field.</summary>
internal static class CsvRecordReader
{
    public static IEnumerable<InstructionRecord> Read(string path, InstructionShape? shape, Action<long>? progress)
    {
        using var lines = new DataLines(path);
        var reader = new CsvReader(path, lines);
        if (reader.Read() is not { } header)
            yield break;
        var columns = Columns(path, header);
        var found = Shape(path, columns.Keys, shape);
        while (reader.Read() is { } row)
        {
            if (row.Count != header.Count)
                throw new InstructionDataException(path, row[0].Line, 1, $"{row.Count} fields where the header has {header.Count}");
            progress?.Invoke(lines.Consumed);
            yield return Record(path, row, columns, found);
        }
    }

    private static Dictionary<string, int> Columns(string path, List<CsvField> header)
    {
        Dictionary<string, int> columns = [];
        foreach (var (index, field) in header.Index())
            if (!columns.TryAdd(field.Text.Trim(), index))
                throw new InstructionDataException(path, field.Line, field.Column, $"the header names {field.Text.Trim()} twice");
        return columns;
    }

    private static InstructionShape Shape(string path, IReadOnlyCollection<string> names, InstructionShape? wanted)
    {
        var found = InstructionFields.Detect(names) ?? throw new InstructionDataException(path, 1, 1, InstructionFields.Unknown(names));
        if (found == InstructionShape.Messages)
            throw new InstructionDataException(path, 1, 1, "messages in a CSV file, which cannot hold a list; JSON Lines can");
        if (wanted is { } other && found != other)
            throw new InstructionDataException(path, 1, 1, $"columns of the shape {found} where those of {other} belong");
        if (InstructionFields.Required[found].Except(names).FirstOrDefault() is { } missing)
            throw new InstructionDataException(path, 1, 1, $"the column {missing} is missing");
        return found;
    }

    private static InstructionRecord Record(string path, List<CsvField> row, Dictionary<string, int> columns, InstructionShape shape)
    {
        var record = new InstructionRecord(row[0].Line, shape);
        return shape switch
        {
            InstructionShape.Instruction => record with
            {
                Prompt = Text("instruction", needsSome: true),
                Input = columns.ContainsKey("input") ? Text("input", needsSome: false) : "",
                Completion = Text("output", needsSome: true),
            },
            InstructionShape.PromptCompletion => record with
            {
                Prompt = Text("prompt", needsSome: false),
                Completion = Text("completion", needsSome: true),
            },
            _ => record with { Completion = Text("text", needsSome: true) },
        };

        string Text(string name, bool needsSome)
        {
            var field = row[columns[name]];
            return field.Text != "" || !needsSome ? field.Text
                : throw new InstructionDataException(path, field.Line, field.Column, InstructionFields.Empty(name));
        }
    }
}
