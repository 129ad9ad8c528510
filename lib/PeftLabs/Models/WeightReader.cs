using PeftLabs.Quantization;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace PeftLabs.Models;

/// <summary>Where a model's weights come from while it is built: it makes the modules that hold them.</summary>
internal abstract class WeightReader(ModelConfig config, ModelLoadOptions options)
{
    private long _done;

    public ModelLoadOptions Options => options;

    protected ModelConfig Config => config;

    public Projection Projection(string path, long rows, long columns, bool bias) =>
        new(path, Matrix($"{path}.weight", rows, columns, options.Projections), bias ? Vector($"{path}.bias", rows) : null);

    public RmsNorm Norm(string path, ModelConfig model) =>
        new(path, Vector($"{path}.weight", model.HiddenSize), model.NormEpsilon);

    public StoredWeight Matrix(string name, long rows, long columns, WeightFormat format)
    {
        var weight = Read(name, rows, columns, format);
        Report(rows * columns);
        return weight;
    }

    /// <summary>True where the head has a matrix of its own.</summary>
    public virtual bool HasHead => !config.TiedEmbeddings;

    /// <summary>Called when the model is whole.</summary>
    public virtual void Finish()
    {
    }

    protected abstract StoredWeight Read(string name, long rows, long columns, WeightFormat format);

    protected abstract void Fill(string name, Tensor vector);

    private Parameter Vector(string name, long length)
    {
        var vector = empty([length], dtype: ScalarType.Float32, device: options.Device);
        Fill(name, vector);
        Report(length);
        return new Parameter(vector, requires_grad: false);
    }

    private void Report(long parameters) => options.Progress?.Report((_done += parameters, Config.Parameters));
}
