using PeftLabs.Memory;
using PeftLabs.Quantization;

namespace PeftLabs.Planning;

/// <summary>The kinds of bytes that loading and a step hold.</summary>
internal static class PlanTerms
{
    private const string Lora = "LoRA, arXiv 2106.09685", Lookup = "TrainingBatch", Chunked = "ChunkedLossFunction",
        Checkpoint = "CheckpointFunction, arXiv 1604.06174";

    public static readonly PlanTerm
        Norms = new("norms' weights", MemoryCategory.Weights, "Norm, arXiv 1910.07467"),
        NormBiases = new("norms' biases", MemoryCategory.Weights, "Norm, arXiv 1607.06450"),
        Biases = new("biases", MemoryCategory.Weights, "Projection"),
        Streamed = new("streamed blocks, two at a time", MemoryCategory.Weights, "WeightStream", isExplicit: true),
        Adapters = new("adapters", MemoryCategory.Adapters, Lora, isExplicit: true),
        AdapterBiases = new("biases trained with the adapter", MemoryCategory.Adapters, "TrainedBias", isExplicit: true),
        ReadRows = Explicit("rows on their way to their format", "ParallelEncoder"),
        ConvertedVector = new("a vector on its way to float32", MemoryCategory.Workspace, "SafeTensorsFile.ReadInto"),
        PlainScales = new("scales before they are quantized", MemoryCategory.Workspace, "DoubleQuantization, arXiv 2305.14314"),
        QuantizationTables = new("tables of a quantized checkpoint", MemoryCategory.Workspace, "BitsAndBytesWeight"),
        Gradients = new("gradients", MemoryCategory.Gradients, "autograd"),
        Batch = Explicit("ids and labels", Lookup),
        Loss = Explicit("the loss", "CausalLoss"),
        Labels = Explicit("labels and their places", "CausalLoss"),
        HeadInput = Explicit("the head's input", "CausalLoss"),
        Logits = Explicit("logits", "CrossEntropyRows"),
        HeadGradients = Explicit("gradients of the chunked head", Chunked),
        Rotation = new("cosines and sines", MemoryCategory.Activations, "Rotation, arXiv 2104.09864"),
        Anchor = new("what makes recomputed blocks be reached", MemoryCategory.Activations, "CheckpointPasses"),
        Unpacked = new("a recomputed part's input in 32 bits", MemoryCategory.Activations, Checkpoint),
        Tile = Explicit("tile of decoded weights", "TileBuffer"),
        States = new("hidden states in passing", MemoryCategory.Workspace, "DecoderBlock"),
        Products = new("projections' outputs in passing", MemoryCategory.Workspace, "ProjectionFunction"),
        Scores = new("attention's scores", MemoryCategory.Workspace, "AttentionMethod, arXiv 2205.14135"),
        ScoreGradients = new("attention's scores and their gradients", MemoryCategory.Workspace, "AttentionMethod, arXiv 2205.14135"),
        BackwardWork = new("gradients of activations", MemoryCategory.Workspace, "BackwardScope"),
        OptimizerWork = Explicit("what the optimizer works with", "Optimizer");

    /// <summary>A matrix of weights in its format.</summary>
    public static PlanTerm Weights(string name, WeightFormat format) =>
        new($"{name} ({format.Name})", MemoryCategory.Weights, Source(format));

    private static PlanTerm Explicit(string name, string source) => new(name, MemoryCategory.Workspace, source, isExplicit: true);

    private static string Source(WeightFormat format) => format switch
    {
        BlockFormat4 { DoubleQuantization: true } => "BlockWeight4, QLoRA, arXiv 2305.14314",
        BlockFormat4 => "BlockWeight4, arXiv 2305.14314",
        Int8Format => "Int8Weight, arXiv 2110.02861",
        Int8RowFormat => "Int8RowWeight, arXiv 2208.07339",
        _ => "DenseWeight",
    };
}
