namespace PeftLabs.Labs.Reports;

/// <summary>From what the figures of one run come, so that someone can get them again.</summary>
internal static class ProvenanceSection
{
    public static ReportSection Create(StoredRun run)
    {
        var record = run.Record;
        var table = new HtmlTable("The run", "", "") { Words = 2 };
        table.Add("id", HtmlCell.Code(run.Id));
        table.Add("began", ReportNumber.Time(record.Started));
        if (record.Ended is { } ended)
            table.Add("ended", $"{ReportNumber.Time(ended)}, after {ReportNumber.Seconds((ended - record.Started).TotalSeconds)}");
        if (record.TrainedHash is { } hash)
            table.Add("trained parameters' SHA-256", HtmlCell.Code(hash));
        var fields = RunField.Of(record);
        return new("provenance", "Where it comes from",
        [
            table, .. OptionsSection.Table("Software", fields.Where(f => f.Group == RunField.Software)),
            .. OptionsSection.Table("Machine", fields.Where(f => f.Group == RunField.Machine)),
            .. RunMethod.IsRepeatable(record) ? (ReportPart[])[$"<p>To run it again and see whether it matches: {HtmlText.Code($"./lab rerun {run.Id}")}</p>\n"] : [],
        ]);
    }
}
