using System.Globalization;
using PeftLabs.Memory;
using PeftLabs.Planning;
using Spectre.Console;

namespace PeftLabs.Cli.Plan;

/// <summary>Every term of a prediction, stage by stage, with its formula and where it comes from.</summary>
internal static class PlanTerms
{
    /// <summary>Writes what the symbols are, and then a table for each stage's peak.</summary>
    public static void Write(IAnsiConsole console, IReadOnlyList<StagePrediction> stages)
    {
        Symbols(console, stages.SelectMany(s => s.Peak).SelectMany(t => t.Factors).DistinctBy(f => (f.Symbol, f.Value)));
        foreach (var stage in stages)
            Stage(console, stage);
    }

    private static void Symbols(IAnsiConsole console, IEnumerable<TermFactor> factors)
    {
        var table = PlanTables.New("symbol", ">value", "what it counts");
        foreach (var factor in factors)
            table.Row(factor.Symbol, factor.Value.ToString(CultureInfo.InvariantCulture), factor.Meaning);
        console.Write(table);
    }

    private static void Stage(IAnsiConsole console, StagePrediction stage)
    {
        console.WriteLine($"{stage.Stage}: {ByteSize.Format(stage.PeakBytes)} at its peak, {ByteSize.Format(stage.EndBytes)} at its end");
        var table = PlanTables.New("term at the peak", "category", ">bytes", "formula", "held by");
        foreach (var row in stage.Peak.ToRows())
            table.Row(row.What, row.Category.ToString(), row.Bytes.ToString(CultureInfo.InvariantCulture), row.Formula, row.Source);
        console.Write(table);
    }
}
