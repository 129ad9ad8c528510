using PeftLabs.Training;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace PeftLabs.Tests.Training.Precision;

public class LossScalerTests
{
    [Fact]
    public void Two_thousand_good_steps_double_the_scale_and_a_bad_one_halves_it()
    {
        var scaler = new LossScaler();
        Assert.Equal(65536, scaler.Scale);
        for (var step = 1; step < 2000; step++)
            scaler.Count(step, true, Never);
        Assert.Equal((65536, 1999), (scaler.Scale, scaler.GoodSteps));
        scaler.Count(2000, true, Never);
        Assert.Equal((131072, 0), (scaler.Scale, scaler.GoodSteps));
        scaler.Count(2001, true, Never);
        scaler.Count(2002, false, Never);
        Assert.Equal((65536, 0, 1), (scaler.Scale, scaler.GoodSteps, scaler.RecentSkips));
    }

    [Theory]
    [InlineData(float.PositiveInfinity)]
    [InlineData(float.NaN)]
    public void Gradients_are_divided_by_the_scale_and_one_bad_value_is_seen(float bad)
    {
        using var scope = NewDisposeScope();
        var parameters = new[] { new Parameter(zeros(3)), new Parameter(zeros(2, 2)), new Parameter(zeros(1)) };
        parameters[0].grad = full(3, 65536f);
        parameters[1].grad = full(2, 2, 32768f);
        var scaler = new LossScaler();
        Assert.True(scaler.Unscale(parameters));
        Assert.Equal(1f, parameters[0].grad![2].item<float>());
        Assert.Equal(0.5f, parameters[1].grad![1, 1].item<float>());
        using (no_grad())
            parameters[1].grad![0, 1] = bad;
        Assert.False(scaler.Unscale(parameters));
    }

    [Fact]
    public void Too_many_skips_in_forty_steps_stop_the_run_with_what_was_found()
    {
        var scaler = new LossScaler(new LossScalerState(Math.Pow(2, 70), 0, 0));
        // Every second step is skipped: 20 of the last 40.
        for (var step = 1; step <= 100; step++)
            scaler.Count(step, step % 2 == 0, Never);
        Assert.Equal(LossScaler.MostSkips, scaler.RecentSkips);
        scaler = new LossScaler(scaler.State with { Scale = 65536 });
        // The next skip pushes out one of them; the second one pushes out a good step.
        scaler.Count(101, false, Never);
        var error = Assert.Throws<TrainingException>(() => scaler.Count(102, false, () => "It is layer 7."));
        Assert.Equal(102, error.Step);
        Assert.Contains("21 of the last 40", error.Message);
        Assert.Contains("It is layer 7.", error.Message);
    }

    [Fact]
    public void A_scale_below_one_stops_the_run()
    {
        var scaler = new LossScaler();
        for (var step = 1; step <= 16; step++)
            scaler.Count(step, false, Never);
        Assert.Equal(1, scaler.Scale);
        var error = Assert.Throws<TrainingException>(() => scaler.Count(17, false, () => "Here."));
        Assert.Contains("Here.", error.Message);
    }

    [Fact]
    public void A_resumed_run_goes_on_as_one_that_never_stopped()
    {
        var (whole, first) = (new LossScaler(), new LossScaler());
        bool Finite(int step) => step * 7919 % 13 > 1;
        for (var step = 1; step <= 30; step++)
            whole.Count(step, Finite(step), Never);
        for (var step = 1; step <= 17; step++)
            first.Count(step, Finite(step), Never);
        var second = new LossScaler(first.State);
        for (var step = 18; step <= 30; step++)
            second.Count(step, Finite(step), Never);
        Assert.Equal(whole.State, second.State);
        Assert.True(whole.RecentSkips > 2);
    }

    private static string Never() => throw new InvalidOperationException("The run goes on; nobody is to ask.");
}
