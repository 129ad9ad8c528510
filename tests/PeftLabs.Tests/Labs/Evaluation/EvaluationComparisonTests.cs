using PeftLabs.Labs;
using PeftLabs.Notebooks.Formatting;
using PeftLabs.Tests.Plotting;

namespace PeftLabs.Tests.Labs.Evaluation;

public class EvaluationComparisonTests
{
    private static readonly IReadOnlyList<MetricChange> s_changes = EvaluationComparison.Of(Evaluations.Before, Evaluations.After);

    [Fact]
    public void Right_and_wrong_are_compared_by_mcnemar_s_test_and_newcombe_s_interval()
    {
        var change = s_changes[0];
        Assert.Equal(("sums", "exact match", PairedTest.McNemar), (change.Of, change.Before.Name, change.Test));
        Assert.Equal(4 / 6.0, change.Change, 1e-12);
        Assert.Equal(Proportions.McNemar(0, 4), change.PValue);
        Assert.Equal(Proportions.Change(1, 0, 4, 1), (change.Low, change.High));
    }

    [Fact]
    public void Shares_losses_and_perplexities_are_compared_by_the_paired_bootstrap()
    {
        Assert.Equal(["digits", "loss of the expected answer", "perplexity"], s_changes.Skip(1).Select(change => change.Before.Name));
        Assert.All(s_changes.Skip(1), change => Assert.Equal(PairedTest.Bootstrap, change.Test));
        Assert.All(s_changes.Skip(1), change => Assert.True(change.Low <= change.Change && change.Change <= change.High, change.Before.Name));
        // Each completion of 4 tokens costs 4 nats less, whichever are drawn.
        Assert.Equal((-1.0, -1.0, 1.0 / 32), (s_changes[2].Low, s_changes[2].High, s_changes[2].PValue));
        Assert.Equal(Math.Exp(68 / 30.0) - Math.Exp(63 / 30.0), s_changes[3].Change, 1e-12);
    }

    [Fact]
    public void A_single_window_of_text_has_a_change_and_no_p_value()
    {
        var change = EvaluationComparison.Of(Evaluations.Text(new TextLoss(20, 10)), Evaluations.Text(new TextLoss(15, 10)));
        Assert.True(change.Change < 0);
        Assert.Equal(("", "", null), (change.PText, change.IntervalText, change.ToRunEvaluation().PValue));
    }

    [Fact]
    public void Other_examples_or_other_tokens_are_refused()
    {
        var (before, after) = (Evaluations.Before.Tasks[0], Evaluations.Task(4, (1, 1)));
        Assert.Contains("sums are of different examples (6 with the seed 0, 1 with the seed 0)",
            Assert.Throws<ArgumentException>(() => EvaluationComparison.Of(before, after)).Message);
        Assert.Contains("over 30 tokens of 3 documents and 4 tokens of 1",
            Assert.Throws<ArgumentException>(() => EvaluationComparison.Of(Evaluations.Before.Text!, Evaluations.Text(new TextLoss(2, 4)))).Message);
    }

    [Fact]
    public void Tables_show_before_after_and_the_change()
    {
        var row = EvaluationTable.Rows(Evaluations.Before, Evaluations.After)[0];
        Assert.Equal(("16.7 % (3.0 to 56.4 %)", "83.3 % (43.6 to 97.0 %)", "0.125"), (row.Before, row.After, row.P));
        Assert.StartsWith("+66.7 % (", row.Change);
        var lines = EvaluationTable.Text(Evaluations.Before, Evaluations.After).Split('\n');
        Assert.Matches(@"^ +base +LoRA +change +p$", lines[0].TrimEnd());
        Assert.Matches(@"^sums +exact match +16\.7 % +\(3\.0 to 56\.4 %\) +83\.3 % .* 0\.125$", lines[2]);
        Assert.Matches(@"^general text +perplexity +8\.166 .* \+1\.481 ", lines[5]);
        Assert.Contains("Before", Formatter.Format(EvaluationTable.Rows(Evaluations.Before, Evaluations.After))["text/plain"]);
    }

    [Fact]
    public void Figure_has_bars_with_intervals_and_the_perplexity_beside_them() =>
        Goldens.Check("evaluation", EvaluationCharts.BeforeAfter("Text to SQL", Evaluations.Before, Evaluations.After));

    [Fact]
    public void Figure_of_one_kind_has_one_panel_and_of_none_is_refused()
    {
        var text = EvaluationCharts.BeforeAfter("Text", Evaluations.Before with { Tasks = [] }, Evaluations.After with { Tasks = [] });
        Assert.Equal(["y", "y"], text.Traces.Select(trace => trace.YAxis));
        Assert.Equal(2, EvaluationCharts.BeforeAfter("Task", Evaluations.Before with { Text = null }, Evaluations.After with { Text = null }).Traces.Count);
        Assert.Throws<ArgumentException>(() => EvaluationCharts.BeforeAfter("none", new ModelEvaluation("none", [])));
    }
}
