using System.Globalization;
using PeftLabs.Memory;
using PeftLabs.Planning;
using PeftLabs.Planning.Advice;
using Spectre.Console;

namespace PeftLabs.Cli.Plan;

/// <summary>Advice as text for a terminal.</summary>
internal sealed class PlanText(IAnsiConsole console, PlanRequest request, AdviceReport report)
{
    private AdviceRequest Asked => report.Request;

    /// <summary>Writes all of it.</summary>
    public void Write()
    {
        Head();
        Answer();
        Methods();
        Steps();
        if (report.Limits is { } limits)
            Limits(limits);
        console.WriteLine("Bytes are those of tensors; a process takes more for itself. MiB and GiB are 1024-based.");
    }

    private void Head()
    {
        var c = Asked.Config;
        console.WriteLine(FormattableString.Invariant($"{request.Model}: {PlanTextParts.Parameters(c.Parameters)} parameters, {c.Layers} blocks, hidden {c.HiddenSize}, vocabulary {c.VocabularySize}"));
        console.WriteLine(FormattableString.Invariant($"a step of {Asked.Batch} × {Asked.Tokens} tokens in {ByteSize.Format(Asked.BudgetBytes)}"));
        if (request.Gpu is { } gpu)
            Card(gpu);
        else
            console.WriteLine(Ceilings() + (request.IsSpeedAssumed ? "; lab plan --measure measures it, once" : ""));
        console.WriteLine();
    }

    private void Card(Gpu gpu)
    {
        console.WriteLine($"{gpu.Name}: {ByteSize.Format(gpu.MemoryBytes)}, of which are set aside {ByteSize.Format(Gpu.ContextBytes)} for the CUDA context and its "
            + $"kernels, {ByteSize.Format(Gpu.WorkspaceBytes)} for cuBLAS's workspace, {ByteSize.Format(gpu.RoundingBytes)} "
            + FormattableString.Invariant($"({Gpu.RoundingShare:0 %}) for what the allocator rounds up: {ByteSize.Format(gpu.Budget)} are left for tensors."));
        console.WriteLine("The tensors are counted as the CPU's kernels make them; those of a GPU may have other temporaries. "
            + $"Seconds are at its published peaks ({gpu.HalfType} products), so the least that a step can take: {Ceilings()}.");
    }

    private string Ceilings() => string.Create(CultureInfo.InvariantCulture,
        $"{Asked.Speed.Name}: {Asked.Speed.FlopsPerSecond / 1e9:0} GFLOP/s, {Asked.Speed.BytesPerSecond / 1e9:0.0} GB/s copied");

    private void Answer()
    {
        var (chosen, result) = (report.Chosen, report.Result);
        if (!chosen.Fits)
            console.MarkupLineInterpolated($"[bold]Nothing fits.[/] The smallest peak is {ByteSize.Format(chosen.PeakBytes)}, with {TuningMethods.Describe(chosen.Set.Method)}; its largest term is {result.BindingTerm.Name}, {result.BindingTerm.Formula} = {ByteSize.Format(result.BindingTerm.Bytes)}:");
        else
            console.MarkupLineInterpolated($"[bold]It fits[/] with {TuningMethods.Describe(chosen.Set.Method)}: peak {ByteSize.Format(chosen.PeakBytes)} in {result.Binding.Stage}, {PlanTextParts.Seconds(chosen.Seconds)} s a step, {(Asked.Batch * Asked.Tokens / chosen.Seconds).ToString("0", CultureInfo.InvariantCulture)} tokens/s{Tied(chosen)}:");
        // On one line, however long, for it to be copied.
        console.Profile.Out.Writer.WriteLine($"  ./lab {PlanTextParts.Command(request, chosen.Set)}");
        console.WriteLine();
    }

    private static string Tied(MethodAdvice chosen) => chosen.Ties == 0 ? ""
        : $" ({chosen.Ties} other set{(chosen.Ties == 1 ? " is" : "s are")} as fast within 1 %; this one changes least)";

    private void Methods()
    {
        var table = Table("method", "fits", ">peak", ">s a step", "with");
        foreach (var m in report.Methods)
            Row(table, TuningMethods.Name(m.Set.Method), m.Fits ? "yes" : "no", ByteSize.Format(m.PeakBytes), PlanTextParts.Seconds(m.Seconds),
                (m.Fits ? "" : "at least: ") + string.Join(' ', BenchArguments.Techniques(m.Set)));
        console.WriteLine("The fastest set of each method that fits, or else the smallest; what each method reaches is not the same:");
        console.Write(table);
        console.WriteLine();
    }

    private void Steps()
    {
        var table = Table("technique", ">peak", ">saves", ">s a step", "", "in", "the largest term there");
        foreach (var (i, rung) in report.Ladder.Index())
        {
            var before = i == 0 ? null : report.Ladder[i - 1];
            Row(table, rung.Name, ByteSize.Format(rung.PeakBytes), before is null ? "" : ByteSize.Format(before.PeakBytes - rung.PeakBytes),
                PlanTextParts.Seconds(rung.Seconds), before is null ? "" : PlanTextParts.Added(rung.Seconds - before.Seconds), rung.Binding.Stage.ToString(),
                $"{rung.BindingTerm.Name}, {rung.BindingTerm.Formula} = {ByteSize.Format(rung.BindingTerm.Bytes)}");
        }
        console.WriteLine("From full fine-tuning to this, a technique at a time:");
        console.Write(table);
        console.WriteLine();
    }

    private void Limits(AdviceLimits limits)
    {
        var set = report.Chosen.Set;
        console.WriteLine("With the same techniques the memory reaches to");
        console.WriteLine(FormattableString.Invariant($"  batch    {Count(limits.Rows, "sequence")} of {Asked.Tokens} tokens at once{Times(set, limits.Rows)}; --accumulate makes any number of it"));
        console.WriteLine(FormattableString.Invariant($"  context  {limits.Tokens} tokens, {Count(Asked.Batch / set.Accumulate, "sequence")} at once{(limits.Tokens == limits.TokensEnd ? ", as many as the model was made for" : "")}"));
        console.WriteLine("and with the smallest set, at the batch and tokens asked for, to");
        Model("  model    ", limits.Model, "none of the catalogue with its weights in memory");
        if (limits.StreamedModel is { } streamed && streamed.Model != limits.Model?.Model)
            Model("  streamed ", streamed, "");
        console.WriteLine();
    }

    private static string Count(long count, string what) => FormattableString.Invariant($"{count} {what}{(count == 1 ? "" : "s")}");

    private static string Times(TechniqueSet set, long rows) => set.Accumulate == 1 ? "" : FormattableString.Invariant($" ({rows * set.Accumulate} a step)");

    private void Model(string what, CatalogueFit? fit, string none) => console.WriteLine(what + (fit is null ? none
        : $"{fit.Model.Name}, {PlanTextParts.Parameters(fit.Model.Parameters)} parameters: {ByteSize.Format(fit.PeakBytes)} with --method "
            + $"{TuningMethods.Name(fit.Set.Method)} {string.Join(' ', BenchArguments.Techniques(fit.Set))}"));

    // Columns whose name begins with > hold numbers.
    private static Table Table(params string[] columns)
    {
        var table = new Table().Border(TableBorder.Simple);
        foreach (var name in columns)
        {
            var column = new TableColumn(name.TrimStart('>')) { Padding = new Padding(0, 0, 1, 0) };
            table.AddColumn(name.StartsWith('>') || name.Length == 0 ? column.RightAligned().NoWrap() : column);
        }
        return table;
    }

    private static void Row(Table table, params string[] cells) => table.AddRow(cells.Select(Markup.Escape).ToArray());
}
