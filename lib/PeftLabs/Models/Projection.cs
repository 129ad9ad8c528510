using PeftLabs.Memory.Profiling;
using PeftLabs.Models.Cpu;
using PeftLabs.Quantization;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace PeftLabs.Models;

/// <summary>
/// The one linear map of every model: a weight <c>[out, in]</c> in some format, frozen unless it is trained, an optional bias
/// <c>[out]</c>, and at most one low-rank update hung on it.
/// </summary>
public sealed class Projection : nn.Module<Tensor, Tensor>
{
    /// <summary>Takes over the weight and the bias.</summary>
    public Projection(string path, StoredWeight weight, Parameter? bias)
        : base(path)
    {
        (Path, Weight, Bias) = (path, weight, bias);
        Scope = ScopePath.Of(path[(path.LastIndexOf('.') + 1)..]);
        Bias?.DetachFromDisposeScope();
    }

    /// <summary>The module's path in checkpoints, for example <c>model.layers.0.self_attn.q_proj</c>.</summary>
    public string Path { get; }

    /// <summary>Where it stands in a profile.</summary>
    internal ScopePath Scope { get; set; }

    /// <summary>The weight in its format.</summary>
    public StoredWeight Weight { get; private set; }

    /// <summary>The bias <c>[out]</c>, where there is one; an adapter that trains biases puts its own here.</summary>
    public Parameter? Bias { get; set; }

    /// <summary>The low-rank update that an adapter hung here; it stays the adapter's.</summary>
    public LowRankUpdate? Update { get; set; }

    /// <summary>
    /// What the update's dropout follows from, with the projection's path: as long as it is the same, so is what is dropped. Whoever
    /// trains sets it anew for each batch (<see cref="CausalLM.SetDropoutSeed"/>).
    /// </summary>
    public ulong DropoutSeed { get; set; }

    /// <summary>What the update drops of its input now; null for nothing.</summary>
    internal DropoutMask? DropoutMask =>
        training && Update is { Dropout: > 0 } update ? new DropoutMask(new RandomBits(DropoutSeed, Path)[0], update.Dropout) : null;

    /// <summary>Input features.</summary>
    public long InFeatures => Weight.Columns;

    /// <summary>Output features.</summary>
    public long OutFeatures => Weight.Rows;

    /// <summary>Maps <c>[…, in]</c> to <c>[…, out]</c>; the caller owns the result.</summary>
    public override Tensor forward(Tensor input)
    {
        using var shared = new SharedInput(input);
        return Forward(shared);
    }

    /// <summary>
    /// Maps an input that other projections take too; the caller owns the result. Without <paramref name="outputNeeded"/> backward can
    /// follow as ever, but the result is zeros without storage: for a block computed again, whose output is known.
    /// </summary>
    internal Tensor Forward(SharedInput input, bool outputNeeded = true) => Apply(input, null, null, outputNeeded);

    /// <summary>Maps silu(gate)·up, both <c>[…, in]</c>, to <c>[…, out]</c>; the product itself is not kept for backward.</summary>
    public Tensor ForwardGated(Tensor gate, Tensor up) => Forward(InnerActivation.SwiGlu, gate, up, ActivationType.Float32);

    /// <summary>
    /// Maps an activation of x <c>[…, in]</c>, of x and up, or of both side by side <c>[…, 2·in]</c>, which are kept in some type, to
    /// <c>[…, out]</c>, with or without an output.
    /// </summary>
    internal Tensor Forward(InnerActivation inner, Tensor x, Tensor? up, ActivationType kept, bool outputNeeded = true)
    {
        using SharedInput sharedInput = new(x, kept);
        using var sharedUp = up is null ? null : new SharedInput(up, kept);
        return Apply(sharedInput, sharedUp, inner, outputNeeded);
    }

    private Tensor Apply(SharedInput input, SharedInput? up, InnerActivation? inner, bool outputNeeded)
    {
        using var flat = ProjectionFunction.Apply(input, up, inner, this, outputNeeded);
        return flat.view([.. input.Shape[..^1], OutFeatures]);
    }

    /// <summary>Stores the weight anew in another format.</summary>
    public void Convert(WeightFormat format)
    {
        var converted = Weight.ConvertTo(format);
        converted.ProductType = Weight.ProductType;
        Weight.Dispose();
        Weight = converted;
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            Weight.Dispose();
            Bias?.Dispose();
        }
        base.Dispose(disposing);
    }
}
