namespace PeftLabs.Training;

/// <summary>How the learning rate moves after warm-up.</summary>
public enum LearningRateSchedule
{
    /// <summary>It stays.</summary>
    Constant,

    /// <summary>A straight line down to zero at the last step.</summary>
    Linear,

    /// <summary>Half a cosine down to zero at the last step (arXiv 1608.03983).</summary>
    Cosine,
}
