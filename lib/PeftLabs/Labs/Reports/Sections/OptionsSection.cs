namespace PeftLabs.Labs.Reports;

/// <summary>What was run: the model, the data and the options, those that were set apart from those at their defaults.</summary>
internal static class OptionsSection
{
    public static ReportSection? Create(StoredRun run)
    {
        var fields = RunField.Of(run.Record);
        List<ReportPart> parts = [.. Table("Model and data", fields.Where(f => f.Group == RunField.Inputs))];
        // The name is the page's title, and the model's folder stands among the inputs.
        var options = fields.Where(f => f.Group == RunField.Options && f.Name is not ("name" or "model.folder")).ToList();
        parts.AddRange(Table("Options that were set", options.Where(o => !o.IsDefault)));
        var defaults = options.Where(o => o.IsDefault).ToList();
        if (defaults.Count > 0)
            parts.Add(HtmlText.Folded($"{ReportNumber.Count(defaults.Count, "option")} at {(defaults.Count == 1 ? "its default" : "their defaults")}",
                string.Concat(Table("Options at their defaults", defaults).OfType<HtmlPart>().Select(part => part.Html))));
        return parts.Count == 0 ? null : new("options", "What was run", parts);
    }

    /// <summary>Names and values; nothing where there are none.</summary>
    public static IEnumerable<ReportPart> Table(string caption, IEnumerable<RunField> fields)
    {
        var table = new HtmlTable(caption, "", "") { Words = 2 };
        foreach (var field in fields)
            table.Add(field.Group == RunField.Options ? HtmlCell.Code(field.Name) : field.Name, Value(field));
        return table.IsEmpty ? [] : [table];
    }

    public static HtmlCell Value(RunField field) =>
        field.Group == RunField.Options || field.Name.EndsWith("SHA-256") || field.Name == "commit" ? HtmlCell.Code(field.Value) : field.Value;
}
