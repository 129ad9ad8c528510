using PeftLabs.Memory.Profiling;
using PeftLabs.Models.Streaming;
using PeftLabs.Quantization;
using PeftLabs.Quantization.Streaming;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace PeftLabs.Models;

/// <summary>Where a model's weights come from while it is built: it makes the modules that hold them.</summary>
internal abstract class WeightReader(ModelConfig config, ModelLoadOptions options) : IDisposable
{
    private readonly ParallelEncoder _encoder = new();
    private readonly List<IDisposable> _made = [];
    private StreamBuilder? _stream;
    private long _done;

    public ModelLoadOptions Options => options;

    public ModelConfig Config => config;

    /// <summary>Reads a projection; in a profile it is within <paramref name="around"/>, by the last part of its path.</summary>
    public Projection Projection(ProjectionShape shape, ScopePath around)
    {
        var scope = around.Operator(shape.Path[(shape.Path.LastIndexOf('.') + 1)..]);
        using var profile = ProfileScope.Enter(scope);
        return new(shape.Path, Block(shape.Path, shape.Out, shape.In), shape.Bias ? Vector($"{shape.Path}.bias", shape.Out) : null) { Scope = scope };
    }

    /// <summary>Reads a norm of so many features; in a profile it is <paramref name="scope"/>.</summary>
    public Norm Norm(string path, long size, ScopePath scope)
    {
        using var profile = ProfileScope.Enter(scope);
        var weight = Vector($"{path}.weight", size);
        return new(path, config.Family.Norm, weight, config.Family.Norm == NormKind.Layer ? Vector($"{path}.bias", size) : null, config.NormEpsilon)
        {
            Scope = scope,
        };
    }

    public StoredWeight Matrix(string name, long rows, long columns, WeightFormat format)
    {
        var weight = Read(name, rows, columns, format);
        _made.Add(weight);
        return weight;
    }

    /// <summary>True where the head has a matrix of its own.</summary>
    public virtual bool HasHead => !config.TiedEmbeddings;

    /// <summary>Called when the model is whole.</summary>
    public void Finish()
    {
        CheckComplete();
        ReadRest();
        _stream?.Finish();
    }

    /// <summary>Frees what was read so far; nothing stays half-loaded.</summary>
    public void Abandon() => _made.ForEach(made => made.Dispose());

    /// <summary>Frees what only loading needed.</summary>
    public void Dispose()
    {
        _encoder.Dispose();
        _stream?.Dispose();
    }

    /// <summary>Throws where something is left that the model has no place for.</summary>
    protected virtual void CheckComplete()
    {
    }

    /// <summary>Reads what was put off until all is known.</summary>
    protected virtual void ReadRest()
    {
    }

    /// <summary>Says which weights these are; equal only for equal ones.</summary>
    protected abstract string Identity();

    /// <summary>How the projection at a path will be stored, and what its weights were before.</summary>
    protected virtual (WeightFormat Format, ScalarType ValueType) StoredAs(string path) => (options.FormatOf(path), ScalarType.Float32);

    /// <summary>Passes a matrix over that was read another time.</summary>
    protected abstract void Skip(string name, long rows, long columns);

    /// <summary>Reads a matrix, and reports its parameters as they come.</summary>
    protected abstract StoredWeight Read(string name, long rows, long columns, WeightFormat format);

    protected abstract void Fill(string name, Tensor vector);

    /// <summary>Fills a new matrix over all cores.</summary>
    protected StoredWeight Encode(long rows, long columns, WeightFormat format, RowReader read)
    {
        var weight = format.Allocate(rows, columns, Options.Device);
        try
        {
            _encoder.Encode(weight, read, count => Report(count * columns));
            return weight;
        }
        catch
        {
            weight.Dispose();
            throw;
        }
    }

    protected void Report(long parameters) => options.Progress?.Report((_done += parameters, Config.Parameters));

    private StoredWeight Block(string path, long rows, long columns)
    {
        var name = $"{path}.weight";
        if (options.Streaming is null)
            return Matrix(name, rows, columns, options.FormatOf(path));
        _stream ??= new(StreamedBlocks.Layout(config, options.Streaming.Folder is null ? "" : Identity(), StoredAs), options.Streaming, options.Device);
        if (!_stream.Writes)
        {
            Skip(name, rows, columns);
            Report(rows * columns);
        }
        var weight = _stream.Add(name, _stream.Writes ? Read(name, rows, columns, options.FormatOf(path)) : null);
        _made.Add(weight);
        return weight;
    }

    private Parameter Vector(string name, long length)
    {
        var vector = empty([length], dtype: ScalarType.Float32, device: options.Device);
        try
        {
            Fill(name, vector);
        }
        catch
        {
            vector.Dispose();
            throw;
        }
        Report(length);
        var parameter = new Parameter(vector, requires_grad: false);
        _made.Add(parameter);
        return parameter;
    }
}
