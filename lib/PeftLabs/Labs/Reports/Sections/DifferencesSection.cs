namespace PeftLabs.Labs.Reports;

/// <summary>What differs between runs in options, inputs, software and machine; the rest is only counted, and shown when asked for.</summary>
internal static class DifferencesSection
{
    private const string Lacking = "–";

    // More runs than this are not read in columns: they are a series, each told by what it changes.
    private const int SideBySide = 3;

    public static ReportSection Create(ReportRuns runs)
    {
        // The name is in the table of the runs.
        var fields = runs.All.Select(run => RunField.Of(run.Record).Where(f => (f.Group, f.Name) != (RunField.Options, "name")).ToList()).ToList();
        var names = fields.SelectMany(own => own.Select(f => (f.Group, f.Name))).Distinct().OrderBy(f => Order(f.Group)).ToList();
        var lines = names.Select(name => (name.Group, name.Name, Values: fields
            .Select(own => own.FirstOrDefault(f => (f.Group, f.Name) == name)).ToList())).ToList();
        // A part that one run lacks, such as an adapter, brings all its options with it; those that nobody set tell nothing.
        var same = lines.Where(line => line.Values.OfType<RunField>().Select(value => value.Value).Distinct().Count() == 1
            && (line.Values.All(value => value is not null) || line.Values.OfType<RunField>().All(value => value.IsDefault))).ToList();
        var differing = lines.Except(same).ToList();
        return new("differences", "What differs",
        [
            .. differing.Count == 0 ? [HtmlText.Paragraph($"Nothing: options, model, data, software and machine are the same.{Bits(runs)}")]
                : runs.All.Count <= SideBySide ? (ReportPart[])[Table(runs, differing)]
                : [Changes(runs, differing), HtmlText.Folded("The values of every run", Table(runs, differing).ToString())],
            Same([.. same.Select(line => line.Values.OfType<RunField>().First())]),
        ]);
    }

    private static string Bits(ReportRuns runs) => runs.All.Any(run => run.Record.TrainedHash is null) ? ""
        : runs.All.DistinctBy(run => run.Record.TrainedHash).Count() == 1 ? " They ended with the same trained parameters, bit for bit."
        : " Yet they ended with different trained parameters.";

    private static int Order(string group) => group switch { RunField.Options => 0, RunField.Inputs => 1, RunField.Software => 2, _ => 3 };

    private static HtmlTable Table(ReportRuns runs, List<(string Group, string Name, List<RunField?> Values)> lines)
    {
        var table = new HtmlTable("What differs between the runs", ["", .. runs.Labels]) { Words = 1 + runs.All.Count };
        foreach (var group in lines.GroupBy(line => line.Group))
        {
            table.AddGroup(group.Key);
            foreach (var (_, name, values) in group)
                table.Add([group.Key == RunField.Options ? HtmlCell.Code(name) : name, .. values.Select(value => value is null ? Lacking : OptionsSection.Value(value))]);
        }
        return table;
    }

    private static HtmlTable Changes(ReportRuns runs, List<(string Group, string Name, List<RunField?> Values)> lines)
    {
        var table = new HtmlTable("What each run changes of the one above it", "run", "changes") { Words = 2, Breaks = true };
        foreach (var (label, i) in runs.Labels.Select((label, i) => (label, i)))
        {
            var changed = lines.Where(line => i == 0 || line.Values[i]?.Value != line.Values[i - 1]?.Value);
            table.Add(label, new HtmlCell(string.Join(" &nbsp; ", changed.Select(line => $"{HtmlText.Code(line.Name)} {HtmlText.Escape(line.Values[i]?.Value ?? Lacking)}"))));
        }
        return table;
    }

    private static string Same(List<RunField> fields)
    {
        var table = new HtmlTable("What is the same in all runs", "", "") { Words = 2 };
        foreach (var group in fields.GroupBy(f => f.Group))
        {
            table.AddGroup(group.Key);
            foreach (var field in group)
                table.Add(group.Key == RunField.Options ? HtmlCell.Code(field.Name) : field.Name, OptionsSection.Value(field));
        }
        return HtmlText.Folded($"{ReportNumber.Count(fields.Count, "field")} {(fields.Count == 1 ? "is" : "are")} the same", table.ToString());
    }
}
