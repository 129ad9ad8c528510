using PeftLabs.Models;

namespace PeftLabs.Training;

// The techniques that trade time, or nothing, for memory.
public sealed partial record TrainingOptions
{
    private readonly int _accumulate = 1, _galoreRank = 16, _galoreInterval = 200;
    private readonly long _lossChunkBytes = 12 << 20, _pagedBudgetBytes;
    private readonly double _labelSmoothing, _zLoss, _loraPlusRatio = 1, _momentum = 0.9, _galoreScale = 0.25;

    /// <summary>What is computed again in backward.</summary>
    public CheckpointPolicy Checkpointing { get; init; } = CheckpointPolicy.None;

    /// <summary>Where the inputs of what is computed again wait for backward.</summary>
    public ActivationOffload Offload { get; init; }

    /// <summary>How activations that wait for backward are stored.</summary>
    public ActivationType SavedActivations { get; init; }

    /// <summary>How attention is computed.</summary>
    public AttentionKind Attention { get; init; }

    /// <summary>The type of matrix products.</summary>
    public ArithmeticType Arithmetic { get; init; }

    /// <summary>How head and loss are computed.</summary>
    public LossKind Loss { get; init; }

    /// <summary>The most bytes of logits that the chunked loss holds at once; one token's logits are the least.</summary>
    public long LossChunkBytes
    {
        get => _lossChunkBytes;
        init => _lossChunkBytes = value > 0 ? value : throw Wrong(nameof(LossChunkBytes), value, "above 0");
    }

    /// <summary>The share of a target's probability that is spread evenly over the vocabulary (arXiv 1512.00567), 0 up to 1.</summary>
    public double LabelSmoothing
    {
        get => _labelSmoothing;
        init => _labelSmoothing = value is >= 0 and < 1 ? value : throw Wrong(nameof(LabelSmoothing), value, "from 0 up to, not including, 1");
    }

    /// <summary>The weight of log²Z, the square of a token's log-sum-exp, in the loss (PaLM, arXiv 2204.02311); 0 or above.</summary>
    public double ZLoss
    {
        get => _zLoss;
        init => _zLoss = value >= 0 && double.IsFinite(value) ? value : throw Wrong(nameof(ZLoss), value, "0 or above");
    }

    /// <summary>Batches whose gradients are summed for a step; each token counts the same, whatever batch it is in.</summary>
    public int Accumulate
    {
        get => _accumulate;
        init => _accumulate = value >= 1 ? value : throw Wrong(nameof(Accumulate), value, "a whole number above 0");
    }

    /// <summary>The rule that moves parameters.</summary>
    public OptimizerKind Optimizer { get; init; }

    /// <summary>
    /// Takes the optimizer's step for a block's parameters as soon as backward has their gradients, and frees these at once. The
    /// gradients' common norm is not known then, so <see cref="MaxGradientNorm"/> must be infinite.
    /// </summary>
    public bool FusedStep { get; init; }

    /// <summary>Bytes of a paged optimizer's state that stay in memory; what is beyond lies in a memory-mapped file.</summary>
    public long PagedBudgetBytes
    {
        get => _pagedBudgetBytes;
        init => _pagedBudgetBytes = value >= 0 ? value : throw Wrong(nameof(PagedBudgetBytes), value, "0 or above");
    }

    /// <summary>How many times faster than A an adapter's B learns (LoRA+, arXiv 2402.12354); above 0.</summary>
    public double LoraPlusRatio
    {
        get => _loraPlusRatio;
        init => _loraPlusRatio = value > 0 && double.IsFinite(value) ? value : throw Wrong(nameof(LoraPlusRatio), value, "a number above 0");
    }

    /// <summary>The momentum of gradient descent, from 0 up to 1.</summary>
    public double Momentum
    {
        get => _momentum;
        init => _momentum = value is >= 0 and < 1 ? value : throw Wrong(nameof(Momentum), value, "from 0 up to, not including, 1");
    }

    /// <summary>The rank of GaLore's subspace, at least 1.</summary>
    public int GaLoreRank
    {
        get => _galoreRank;
        init => _galoreRank = value >= 1 ? value : throw Wrong(nameof(GaLoreRank), value, "a whole number above 0");
    }

    /// <summary>Steps after which GaLore looks for its subspace anew, at least 1.</summary>
    public int GaLoreInterval
    {
        get => _galoreInterval;
        init => _galoreInterval = value >= 1 ? value : throw Wrong(nameof(GaLoreInterval), value, "a whole number above 0");
    }

    /// <summary>GaLore's factor on what it projects back, above 0.</summary>
    public double GaLoreScale
    {
        get => _galoreScale;
        init => _galoreScale = value > 0 && double.IsFinite(value) ? value : throw Wrong(nameof(GaLoreScale), value, "a number above 0");
    }

    /// <summary>How the model computes, as these options have it.</summary>
    public ModelExecution Execution => new()
    {
        Checkpointing = Checkpointing,
        Offload = Offload,
        SavedActivations = SavedActivations,
        Attention = Attention,
        Arithmetic = Arithmetic,
    };
}
