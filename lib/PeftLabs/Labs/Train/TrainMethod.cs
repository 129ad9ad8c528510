namespace PeftLabs.Labs;

/// <summary>What of a model is trained.</summary>
internal enum TrainMethod
{
    /// <summary>All of it.</summary>
    Full,

    /// <summary>An adapter (arXiv 2106.09685).</summary>
    Lora,

    /// <summary>An adapter on frozen weights of four bits (arXiv 2305.14314).</summary>
    Qlora,
}
