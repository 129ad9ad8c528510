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
        Line($"Bytes are those of tensors; a process takes more for itself. MiB and GiB are 1024-based.");
    }

    private void Head()
    {
        var c = Asked.Config;
        Line($"{request.Model}: {PlanTextParts.Parameters(c.Parameters)} parameters, {c.Layers} blocks, hidden {c.HiddenSize}, vocabulary {c.VocabularySize}");
        Line($"a step of {Asked.Batch} × {Asked.Tokens} tokens in {ByteSize.Format(Asked.BudgetBytes)}, of which {AdviceRequest.Margin:0 %} are kept back");
        if (request.Gpu is { } gpu)
            Card(gpu);
        else
            Line($"{Ceilings()}{(request.IsSpeedAssumed ? "; lab plan --measure measures it, once" : "")}");
        console.WriteLine();
    }

    private void Card(Gpu gpu)
    {
        Line($"{gpu.Name}: {ByteSize.Format(gpu.MemoryBytes)}, of which are set aside {ByteSize.Format(Gpu.ContextBytes)} for the CUDA context and "
            + $"its kernels, {ByteSize.Format(Gpu.WorkspaceBytes)} for cuBLAS's workspace, {ByteSize.Format(gpu.RoundingBytes)} "
            + $"({Gpu.RoundingShare:0 %}) for what the allocator rounds up: {ByteSize.Format(gpu.Budget)} are left for tensors.");
        Line($"The tensors are counted as the CPU's kernels make them; those of a GPU may have other temporaries. Seconds are at its published "
            + $"peaks ({gpu.HalfType} products) and {Gpu.HostBytesPerSecond / 1e9:0} GB/s to the host, so the least that a step can take: {Ceilings()}.");
    }

    private string Ceilings() => FormattableString.Invariant(
        $"{Asked.Speed.Name}: {Asked.Speed.FlopsPerSecond / 1e9:0} GFLOP/s, {Asked.Speed.BytesPerSecond / 1e9:0.0} GB/s copied");

    private void Answer()
    {
        var (chosen, result) = (report.Chosen, report.Result);
        var (method, peak) = (TuningMethods.Describe(chosen.Set.Method), ByteSize.Format(chosen.PeakBytes));
        if (!chosen.Fits)
            console.MarkupLineInterpolated(
                $"[bold]Nothing fits.[/] The smallest peak is {peak}, with {method}; its largest term is {PlanTextParts.Term(result.BindingTerm)}:");
        else
            console.MarkupLineInterpolated($"[bold]It fits[/] with {method}: peak {peak} in {result.Binding.Stage}, {Speed(chosen)}{Tied(chosen)}:");
        if (chosen.Set.Rank < Asked.Rank)
            Line($"Nothing fits at rank {Asked.Rank}; this is rank {chosen.Set.Rank}:");
        // On one line, however long, for it to be copied.
        console.Profile.Out.Writer.WriteLine($"  ./lab {PlanTextParts.Command(request, chosen.Set)}");
        console.WriteLine();
    }

    private string Speed(MethodAdvice chosen) =>
        $"{PlanTextParts.Time(chosen.Seconds)} a step, {PlanTextParts.Number(Asked.Batch * Asked.Tokens / chosen.Seconds)} tokens/s";

    private static string Tied(MethodAdvice chosen) => chosen.Ties == 0 ? ""
        : $" ({chosen.Ties} other set{(chosen.Ties == 1 ? " is" : "s are")} as fast within 1 %; this one changes least)";

    private void Methods()
    {
        var table = PlanTables.New("method", "fits", ">peak", ">a step", "with");
        foreach (var m in report.Methods)
            table.Row(TuningMethods.Name(m.Set.Method), m.Fits ? "yes" : "no", ByteSize.Format(m.PeakBytes), PlanTextParts.Time(m.Seconds),
                (m.Fits ? "" : "at least: ") + string.Join(' ', BenchArguments.Techniques(m.Set)));
        Line($"The fastest set of each method that fits, or else the smallest; what each method reaches is not the same:");
        console.Write(table);
        console.WriteLine();
    }

    private void Steps()
    {
        var table = PlanTables.New("technique", ">peak", ">saves", ">a step", ">", "in", "the largest term there");
        foreach (var (i, rung) in report.Ladder.Index())
        {
            var before = i == 0 ? null : report.Ladder[i - 1];
            table.Row(rung.Name, ByteSize.Format(rung.PeakBytes), before is null ? "" : ByteSize.Format(before.PeakBytes - rung.PeakBytes),
                PlanTextParts.Time(rung.Seconds), before is null ? "" : PlanTextParts.Added(rung.Seconds - before.Seconds),
                rung.Binding.Stage.ToString(), PlanTextParts.Term(rung.BindingTerm));
        }
        Line($"From full fine-tuning to this, a technique at a time:");
        console.Write(table);
        console.WriteLine();
    }

    private void Limits(AdviceLimits limits)
    {
        var (split, rows) = (report.Chosen.Set.Accumulate, Asked.Batch / report.Chosen.Set.Accumulate);
        var made = limits.Tokens == limits.TokensEnd ? ", as many as the model was made for" : "";
        Line($"With the same techniques the memory reaches to");
        Line($"  batch    {Count(limits.Rows, "sequence")} of {Asked.Tokens} tokens at once{(split == 1 ? "" : $" ({limits.Rows * split} a step)")}");
        Line($"  context  {limits.Tokens} tokens, {Count(rows, "sequence")} at once{made}");
        Line($"and with the smallest set, at the batch and tokens asked for, to");
        Model("  model    ", limits.Model, "none of the catalogue with its weights in memory");
        if (limits.StreamedModel is { } streamed && streamed.Model != limits.Model?.Model)
            Model("  streamed ", streamed, "");
        console.WriteLine();
    }

    private static string Count(long count, string what) => FormattableString.Invariant($"{count} {what}{(count == 1 ? "" : "s")}");

    private void Model(string what, CatalogueFit? fit, string none) => console.WriteLine(what + (fit is null ? none
        : $"{fit.Model.Name}, {PlanTextParts.Parameters(fit.Model.Parameters)} parameters: {ByteSize.Format(fit.PeakBytes)} with --method "
            + $"{TuningMethods.Name(fit.Set.Method)} {string.Join(' ', BenchArguments.Techniques(fit.Set))}"));

    // Numbers are written without a culture: the kit is built for none.
    private void Line(string text) => console.WriteLine(text);
}
