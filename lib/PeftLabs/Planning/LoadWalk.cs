using PeftLabs.Formats;
using PeftLabs.Models;
using PeftLabs.Quantization;
using TorchSharp;
using static TorchSharp.torch;

namespace PeftLabs.Planning;

/// <summary>The memory of loading: a tensor after the other is read to where it will live, and encoded on the way where its format differs.</summary>
internal sealed class LoadWalk(TrainingPlan plan, PlannedModel model, MemoryWalk walk)
{
    private readonly PlannedFormats _formats = new(plan);
    private readonly Dictionary<(string, WeightFormat), PlanTerm> _terms = [];
    private WalkBlock? _buffer;
    private long _bufferBytes;

    private bool IsStreamed => plan.Loading.Streaming is not null;

    /// <summary>Loads the model, and hangs the adapter on it.</summary>
    public void Load()
    {
        var (c, s) = (plan.Config, model.Symbols);
        Matrix("embedding", s.Vocabulary, s.Hidden, model.EmbeddingFormat, plan.Weights.Embedding);
        if (c.Family.Positions is not null)
            Matrix("positions", s.Positions, s.Hidden, model.EmbeddingFormat, plan.Weights.Embedding);
        foreach (var step in LayerFold.Of([.. Enumerable.Range(0, c.Layers).Select(model.KindOf)]))
        {
            Block(model.Blocks[step.Index]);
            step.Run?.Pass(step.Place, walk, isForward: true);
        }
        Norm(model.FinalNorm);
        if (!c.TiedEmbeddings)
            Matrix("head", s.Vocabulary, s.Hidden, model.Head.Format, plan.Weights.Head);
        if (_buffer is not null)
            walk.Release(_buffer);
        if (plan.Lora is not null)
            foreach (var (parameter, count) in model.ParameterCounts)
                walk.Stay(parameter.Shape.Length == 1 ? PlanTerms.AdapterBiases : PlanTerms.Adapters, parameter.Bytes, count);
    }

    /// <summary>What of streamed blocks is in memory once they are used: the two largest neighbours.</summary>
    public void Stream()
    {
        var largest = Enumerable.Range(0, model.IsUniform ? Math.Min(1, plan.Config.Layers - 1) : Math.Max(0, plan.Config.Layers - 1))
            .Select(layer => new[] { model.Blocks[layer], model.Blocks[layer + 1] })
            .MaxBy(pair => pair.Sum(b => b.Projections.Sum(p => p.Format.StoredBytes(p.Out, p.In)))) ?? [.. model.Blocks];
        foreach (var projection in largest.SelectMany(b => b.Projections))
            foreach (var size in StoredSizes.Of(projection.Format, projection.Outputs, projection.Inputs))
                walk.Stay(PlanTerms.Streamed, size);
    }

    // In the order in which the modules are made: norm, attention and its norms, norm, feed-forward and its norm.
    private void Block(PlannedBlock block)
    {
        Norm(block.AttentionNorm);
        foreach (var projection in block.AttentionInputs.Append(block.Output))
            Projection(projection);
        foreach (var norm in new[] { block.QueryNorm, block.KeyNorm, block.AttentionPostNorm, block.FeedForwardNorm }.OfType<PlannedNorm>())
            Norm(norm);
        foreach (var projection in block.FeedForwardInputs.Append(block.Down))
            Projection(projection);
        if (block.FeedForwardPostNorm is { } last)
            Norm(last);
    }

    private void Projection(PlannedProjection projection)
    {
        if (_formats.IsQuantized(projection.Path))
            Quantized(projection);
        else
            Matrix("projections", projection.Outputs, projection.Inputs, projection.Format, plan.Weights.Projections, IsStreamed, plan.Config.Family.IsTransposed);
        if (projection.HasBias)
            Vector(PlanTerms.Biases, projection.Outputs);
    }

    private void Norm(PlannedNorm norm)
    {
        Vector(PlanTerms.Norms, norm.Size);
        if (norm.HasBias)
            Vector(PlanTerms.NormBiases, norm.Size);
    }

    private void Vector(PlanTerm term, PlanSymbol length)
    {
        walk.Stay(term, 4 * length);
        if (plan.Weights.IsRandom || plan.Weights.Vectors == ScalarType.Float32)
            return;
        var bytes = plan.Weights.Vectors.ElementSize();
        walk.Pass(PlanTerms.ConvertedVector, length.Value <= TensorChunks.Bytes / bytes ? bytes * length : TensorChunks.Bytes);
    }

    private void Matrix(string name, PlanSymbol rows, PlanSymbol columns, WeightFormat format, ScalarType source, bool isStreamed = false,
        bool isTransposed = false)
    {
        // What is read of its own type goes straight to its place, and so does what becomes float32.
        var isEncoded = plan.Weights.IsRandom || isTransposed || format is not DenseFormat dense || dense.Type != source;
        var parts = Parts(Term(name, format), format, rows, columns, isEncoded);
        if (isEncoded && format != WeightFormat.Float32)
            Buffer(format, rows.Value, columns.Value);
        if (isEncoded && format is BlockFormat4 { DoubleQuantization: true })
            parts = QuantizeScales(parts, Term(name, format), format, rows, columns);
        Finish(parts, isStreamed);
    }

    // Codes and scales as the checkpoint has them, read beside its tables of levels.
    private void Quantized(PlannedProjection projection)
    {
        var parts = Parts(Term("projections", projection.Format), projection.Format, projection.Outputs, projection.Inputs, isEncoded: false);
        walk.Pass(PlanTerms.QuantizationTables, projection.Format is BlockFormat4 { DoubleQuantization: true } ? 4 * (16 + 256) : 4 * 16);
        Finish(parts, IsStreamed);
    }

    // While rows are encoded, scales that will be quantized are in float32.
    private List<WalkBlock> Parts(PlanTerm term, WeightFormat format, PlanSymbol rows, PlanSymbol columns, bool isEncoded) =>
        isEncoded && format is BlockFormat4 { DoubleQuantization: true } four
            ? [Make(term, StoredSizes.Of(format, rows, columns)[0]), Make(PlanTerms.PlainScales, 4 * (rows * columns).Over(four.BlockSize))]
            : [.. StoredSizes.Of(format, rows, columns).Select(size => Make(term, size))];

    private List<WalkBlock> QuantizeScales(List<WalkBlock> parts, PlanTerm term, WeightFormat format, PlanSymbol rows, PlanSymbol columns)
    {
        List<WalkBlock> complete = [parts[0], .. StoredSizes.Of(format, rows, columns).Skip(1).Select(size => Make(term, size))];
        walk.Release(parts[1]);
        return complete;
    }

    // A streamed matrix is in its file now.
    private void Finish(List<WalkBlock> parts, bool isStreamed)
    {
        if (isStreamed)
            parts.ForEach(walk.Release);
    }

    private void Buffer(WeightFormat format, long rows, long columns)
    {
        var bytes = sizeof(float) * ParallelEncoder.BufferValues(format, rows, columns, Environment.ProcessorCount);
        if (bytes <= _bufferBytes)
            return;
        if (_buffer is not null)
            walk.Release(_buffer);
        (_buffer, _bufferBytes) = (Make(PlanTerms.ReadRows, bytes), bytes);
    }

    private WalkBlock Make(PlanTerm term, PlanSize size) => walk.Detach(walk.New(term, size));

    private PlanTerm Term(string name, WeightFormat format) => _terms.TryGetValue((name, format), out var term) ? term
        : _terms[(name, format)] = PlanTerms.Weights(name, format);
}
