using PeftLabs.Quantization;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace PeftLabs.Models;

/// <summary>Where a model's weights come from while it is built: it makes the modules that hold them.</summary>
internal abstract class WeightReader(ModelConfig config, ModelLoadOptions options) : IDisposable
{
    private readonly ParallelEncoder _encoder = new();
    private readonly List<IDisposable> _made = [];
    private long _done;

    public ModelLoadOptions Options => options;

    protected ModelConfig Config => config;

    public Projection Projection(string path, long rows, long columns, bool bias) =>
        new(path, Matrix($"{path}.weight", rows, columns, options.FormatOf(path)), bias ? Vector($"{path}.bias", rows) : null);

    public RmsNorm Norm(string path, ModelConfig model) =>
        new(path, Vector($"{path}.weight", model.HiddenSize), model.NormEpsilon);

    public StoredWeight Matrix(string name, long rows, long columns, WeightFormat format)
    {
        var weight = Read(name, rows, columns, format);
        _made.Add(weight);
        return weight;
    }

    /// <summary>True where the head has a matrix of its own.</summary>
    public virtual bool HasHead => !config.TiedEmbeddings;

    /// <summary>Called when the model is whole.</summary>
    public virtual void Finish()
    {
    }

    /// <summary>Frees what was read so far; nothing stays half-loaded.</summary>
    public void Abandon() => _made.ForEach(made => made.Dispose());

    /// <summary>Frees what only loading needed.</summary>
    public void Dispose() => _encoder.Dispose();

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

    private Parameter Vector(string name, long length)
    {
        var vector = empty([length], dtype: ScalarType.Float32, device: options.Device);
        Fill(name, vector);
        Report(length);
        var parameter = new Parameter(vector, requires_grad: false);
        _made.Add(parameter);
        return parameter;
    }
}
