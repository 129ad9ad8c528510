using PeftLabs.Training;

namespace PeftLabs.Tests.Training;

public class TrainingOptionsTests
{
    [Fact]
    public void The_learning_rate_warms_up_in_a_line_and_ends_as_its_schedule_says()
    {
        var cosine = new TrainingOptions { Steps = 110, WarmupSteps = 10, LearningRate = 1 };
        Assert.Equal(0.1, cosine.LearningRateAt(0), 1e-12);
        Assert.Equal(1, cosine.LearningRateAt(9), 1e-12);
        Assert.Equal(1, cosine.LearningRateAt(10), 1e-12);
        Assert.Equal(0.5, cosine.LearningRateAt(60), 1e-12);
        Assert.InRange(cosine.LearningRateAt(109), 0, 0.001);
        var linear = cosine with { Schedule = LearningRateSchedule.Linear };
        Assert.Equal(0.5, linear.LearningRateAt(60), 1e-12);
        Assert.Equal(1, (cosine with { Schedule = LearningRateSchedule.Constant }).LearningRateAt(100), 1e-12);
    }

    [Fact]
    public void A_wrong_value_is_refused_with_its_name()
    {
        Assert.Contains("Steps is 0", Assert.Throws<ArgumentOutOfRangeException>(() => new TrainingOptions { Steps = 0 }).Message);
        Assert.Contains("LearningRate is NaN",
            Assert.Throws<ArgumentOutOfRangeException>(() => new TrainingOptions { LearningRate = double.NaN }).Message);
        Assert.Contains("Beta1 is 1", Assert.Throws<ArgumentOutOfRangeException>(() => new TrainingOptions { Beta1 = 1 }).Message);
    }
}
