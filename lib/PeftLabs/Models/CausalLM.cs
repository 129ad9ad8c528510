using PeftLabs.Formats;
using PeftLabs.Memory.Profiling;
using PeftLabs.Quantization;
using PeftLabs.Quantization.Streaming;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace PeftLabs.Models;

/// <summary>A decoder-only language model: embedding, blocks, norm and head.</summary>
public sealed partial class CausalLM : nn.Module<Tensor, Tensor>
{
    /// <summary>Where the embedding stands in a profile.</summary>
    internal static readonly ScopePath EmbeddingScope = ScopePath.Of("embedding");

    private readonly Dictionary<string, Projection> _projections = [];
    private CheckpointPasses? _passes;

    private CausalLM(ModelConfig config, WeightReader weights)
        : base(config.Family.Architecture)
    {
        var family = config.Family;
        (Config, Device) = (config, weights.Options.Device);
        Embedding = EmbeddingWeight(weights, family.Embedding, config.VocabularySize);
        Positions = family.Positions is { } positions ? EmbeddingWeight(weights, positions, config.MaxPositions) : null;
        Blocks = [.. Enumerable.Range(0, config.Layers).Select(i => new DecoderBlock(config, i, weights))];
        FinalNorm = weights.Norm(family.FinalNorm, config.HiddenSize, ScopePath.Of("final norm"));
        Head = new Projection(family.Head, HeadWeight(weights), null) { Scope = ScopePath.Of("head") };
        foreach (var (index, block) in Blocks.Index())
            register_module($"block{index}", block);
        register_module("final_norm", FinalNorm);
        register_module("head", Head);
        foreach (var projection in Blocks.SelectMany(b => b.Projections).Append(Head))
            _projections.Add(projection.Path, projection);
        weights.Finish();
    }

    /// <summary>The model's shape.</summary>
    public ModelConfig Config { get; }

    /// <summary>Where it lives.</summary>
    public Device Device { get; }

    /// <summary>The token embedding <c>[vocabulary, hidden]</c>; a tied head uses the same object.</summary>
    public StoredWeight Embedding { get; }

    /// <summary>The learned embedding of positions <c>[positions, hidden]</c>; null where positions are not learned.</summary>
    public StoredWeight? Positions { get; }

    /// <summary>The decoder blocks.</summary>
    public IReadOnlyList<DecoderBlock> Blocks { get; }

    /// <summary>The norm before the head.</summary>
    public Norm FinalNorm { get; }

    /// <summary>Hidden to the vocabulary.</summary>
    public Projection Head { get; }

    /// <summary>Every projection by its path in checkpoints, the head among them.</summary>
    public IReadOnlyDictionary<string, Projection> Projections => _projections;

    /// <summary>How it computes forward and backward; the default keeps all activations.</summary>
    /// <exception cref="ArgumentException">The execution does not fit the device or the family; the one before stays.</exception>
    public ModelExecution Execution
    {
        get => _passes?.Execution ?? new ModelExecution();
        set
        {
            ModelArithmetic.Check(value.Arithmetic, Device);
            if (value.Attention == AttentionKind.Sdpa)
                SdpaAttention.Check(Blocks.Select(b => b.Attention.Pattern.SoftCap).FirstOrDefault(cap => cap is not null));
            var passes = new CheckpointPasses(this, value);
            _passes?.Dispose();
            _passes = passes;
            foreach (var block in Blocks)
                block.Attention.Kind = value.Attention;
            ModelArithmetic.Apply(this, value.Arithmetic);
        }
    }

    /// <summary>
    /// Called in backward when a block's parameters have their gradients, the last block first. Where nothing before a block is trained
    /// and it is not computed again, it may not be called for it.
    /// </summary>
    internal Action<DecoderBlock>? BlockDone { get; set; }

    /// <summary>Called in forward with each block, its input, the positions and its output; who looks for a broken number listens.</summary>
    internal Action<DecoderBlock, Tensor, Rotation, Tensor>? BlockSeen { get; set; }

    /// <summary>Reads a model's folder: config.json and its safetensors.</summary>
    /// <exception cref="ModelFormatException">The config or the weights do not fit what the kit does, or each other.</exception>
    /// <exception cref="SafeTensorsException">A weight file is broken.</exception>
    public static CausalLM Load(string folder, ModelLoadOptions? options = null)
    {
        var config = ModelConfig.Load(folder);
        using var checkpoint = Checkpoint.Open(folder);
        return Build(config, new CheckpointWeights(config, checkpoint, folder, options ?? new ModelLoadOptions()));
    }

    /// <summary>A model with random weights that follow from the seed alone.</summary>
    public static CausalLM Random(ModelConfig config, ulong seed, ModelLoadOptions? options = null) =>
        Build(config, new RandomWeights(config, seed, options ?? new ModelLoadOptions()));

    /// <summary>
    /// Writes config.json and model.safetensors, each whole or not at all: dense weights in their own types, 4-bit projections in
    /// bitsandbytes' layout, which loads here and there without being quantized anew, and anything else decoded to float32. An adapter on
    /// the model is not written.
    /// </summary>
    /// <exception cref="IOException">The folder cannot be written.</exception>
    public void Save(string folder) => ModelFiles.Save(this, folder);

    /// <summary>Its norms: those of the blocks, and the last one.</summary>
    internal IEnumerable<Norm> Norms => Blocks.SelectMany(b => b.Norms).Append(FinalNorm);

    /// <summary>
    /// Every parameter that can be trained, with its name in checkpoints: weights in float32, norms and biases. A weight is
    /// <c>[out, in]</c>, though the family's checkpoints may hold <c>[in, out]</c>.
    /// </summary>
    public override IEnumerable<(string, Parameter)> named_parameters(bool recurse = true)
    {
        if (Embedding is DenseWeight embedding)
            yield return ($"{Config.Family.Embedding}.weight", embedding.Parameter);
        if (Positions is DenseWeight positions)
            yield return ($"{Config.Family.Positions}.weight", positions.Parameter);
        foreach (var parameter in Norms.SelectMany(n => n.NamedParameters))
            yield return parameter;
        foreach (var projection in _projections.Values)
        {
            if (projection.Weight is DenseWeight dense && !ReferenceEquals(dense, Embedding))
                yield return ($"{projection.Path}.weight", dense.Parameter);
            if (projection.Bias is { } bias)
                yield return ($"{projection.Path}.bias", bias);
        }
    }

    /// <inheritdoc/>
    public override IEnumerable<Parameter> parameters(bool recurse = true) => named_parameters(recurse).Select(p => p.Item2);

    /// <summary>Freezes every parameter of the model, or lets every one be trained; adapters are not touched.</summary>
    /// <exception cref="InvalidOperationException">A weight to be trained is not stored in float32.</exception>
    public void SetTrainable(bool trainable)
    {
        if (trainable && _projections.Values.FirstOrDefault(p => p.Weight is StreamedWeight) is { } streamed)
            throw new InvalidOperationException(
                $"'{streamed.Path}' is streamed from a file and frozen: load without streaming to train it, or add an adapter.");
        if (trainable && _projections.Values.FirstOrDefault(p => p.Weight.Format != WeightFormat.Float32) is { } stored)
            throw new InvalidOperationException(
                $"'{stored.Path}' is stored as {stored.Weight.Format}; only float32 weights can be trained: load with float32, or add an adapter.");
        foreach (var parameter in parameters())
            parameter.requires_grad = trainable;
    }

    /// <summary>
    /// Sets what dropout follows from. The same seed drops the same features, in a forward that is run again too; so a training loop sets
    /// another for each batch.
    /// </summary>
    public void SetDropoutSeed(ulong seed)
    {
        foreach (var projection in _projections.Values)
            projection.DropoutSeed = seed;
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _passes?.Dispose();
            Embedding.Dispose();
            Positions?.Dispose();
        }
        base.Dispose(disposing);
    }

    private static CausalLM Build(ModelConfig config, WeightReader weights)
    {
        try
        {
            return new CausalLM(config, weights);
        }
        catch
        {
            weights.Abandon();
            throw;
        }
        finally
        {
            weights.Dispose();
        }
    }

    private static StoredWeight EmbeddingWeight(WeightReader weights, string module, int rows)
    {
        using var profile = ProfileScope.Enter(EmbeddingScope);
        return weights.Matrix($"{module}.weight", rows, weights.Config.HiddenSize, weights.Options.Embedding);
    }

    private StoredWeight HeadWeight(WeightReader weights)
    {
        using var profile = ProfileScope.Operator("head");
        return weights.HasHead
            ? weights.Matrix($"{Config.Family.Head}.weight", Config.VocabularySize, Config.HiddenSize, weights.Options.Head)
            : Embedding;
    }
}
