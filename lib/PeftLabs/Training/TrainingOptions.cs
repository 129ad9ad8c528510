namespace PeftLabs.Training;

/// <summary>How a model is trained. The names are the usual ones; every value is checked when it is given.</summary>
public sealed partial record TrainingOptions
{
    private readonly int _steps = 100, _warmupSteps;
    private readonly double _learningRate = 2e-4, _weightDecay, _maxGradientNorm = 1, _beta1 = 0.9, _beta2 = 0.999, _epsilon = 1e-8;

    /// <summary>Optimizer steps, at least 1.</summary>
    public int Steps
    {
        get => _steps;
        init => _steps = value > 0 ? value : throw Wrong(nameof(Steps), value, "a whole number above 0");
    }

    /// <summary>The learning rate after warm-up, above 0.</summary>
    public double LearningRate
    {
        get => _learningRate;
        init => _learningRate = value > 0 && double.IsFinite(value) ? value : throw Wrong(nameof(LearningRate), value, "a number above 0");
    }

    /// <summary>Steps over which the learning rate rises from zero in a straight line.</summary>
    public int WarmupSteps
    {
        get => _warmupSteps;
        init => _warmupSteps = value >= 0 ? value : throw Wrong(nameof(WarmupSteps), value, "a whole number, 0 or above");
    }

    /// <summary>How the learning rate moves after warm-up.</summary>
    public LearningRateSchedule Schedule { get; init; } = LearningRateSchedule.Cosine;

    /// <summary>AdamW's decay of the weights (arXiv 1711.05101), 0 or above.</summary>
    public double WeightDecay
    {
        get => _weightDecay;
        init => _weightDecay = value >= 0 ? value : throw Wrong(nameof(WeightDecay), value, "0 or above");
    }

    /// <summary>AdamW's β₁, the memory of the gradient.</summary>
    public double Beta1
    {
        get => _beta1;
        init => _beta1 = value is >= 0 and < 1 ? value : throw Wrong(nameof(Beta1), value, "from 0 up to, not including, 1");
    }

    /// <summary>AdamW's β₂, the memory of its square.</summary>
    public double Beta2
    {
        get => _beta2;
        init => _beta2 = value is >= 0 and < 1 ? value : throw Wrong(nameof(Beta2), value, "from 0 up to, not including, 1");
    }

    /// <summary>AdamW's ε, above 0.</summary>
    public double Epsilon
    {
        get => _epsilon;
        init => _epsilon = value > 0 ? value : throw Wrong(nameof(Epsilon), value, "above 0");
    }

    /// <summary>Gradients are scaled down to this norm where theirs is larger; infinity switches it off.</summary>
    public double MaxGradientNorm
    {
        get => _maxGradientNorm;
        init => _maxGradientNorm = value > 0 ? value : throw Wrong(nameof(MaxGradientNorm), value, "above 0");
    }

    /// <summary>Seed of whatever training draws at random (dropout).</summary>
    public ulong Seed { get; init; } = 42;

    /// <summary>The learning rate of a step, the first being 0.</summary>
    public double LearningRateAt(int step)
    {
        if (step < WarmupSteps)
            return LearningRate * (step + 1) / WarmupSteps;
        var progress = (double)(step - WarmupSteps) / Math.Max(1, Steps - WarmupSteps);
        return LearningRate * Schedule switch
        {
            LearningRateSchedule.Linear => 1 - progress,
            LearningRateSchedule.Cosine => (1 + Math.Cos(Math.PI * progress)) / 2,
            _ => 1,
        };
    }

    private static ArgumentOutOfRangeException Wrong(string option, object value, string right) =>
        new(option, value, $"{option} is {value}; it must be {right}.");
}
