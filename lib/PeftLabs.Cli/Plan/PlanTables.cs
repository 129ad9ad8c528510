using Spectre.Console;

namespace PeftLabs.Cli.Plan;

/// <summary>The tables of a plan's text.</summary>
internal static class PlanTables
{
    /// <summary>An empty table; columns whose name begins with &gt; hold numbers.</summary>
    public static Table New(params string[] columns)
    {
        var table = new Table().Border(TableBorder.Simple);
        foreach (var name in columns)
        {
            var column = new TableColumn(name.TrimStart('>')) { Padding = new Padding(0, 0, 1, 0) };
            table.AddColumn(name.StartsWith('>') ? column.RightAligned().NoWrap() : column);
        }
        return table;
    }

    /// <summary>Adds a row of plain text.</summary>
    public static void Row(this Table table, params string[] cells) => table.AddRow(cells.Select(Markup.Escape).ToArray());
}
