using System.Diagnostics;
using PeftLabs.Formats;
using PeftLabs.Models;
using PeftLabs.Quantization;

namespace PeftLabs.Adapters;

/// <summary>
/// An adapter and its base to a model's folder that needs no adapter: W + s·B·A in the place of W, and the biases that were trained. The
/// folder appears whole or not at all, and a sample of tokens tells how far it drifted from base + adapter.
/// </summary>
public static class LoraMerge
{
    /// <summary>
    /// Into the base's own 16- or 32-bit weights, from file to file some rows at a time: no model is loaded but for the drift. Names,
    /// types, shards and what stands beside the weights (config, tokenizer) stay as they are. Sums are taken in float32 and rounded once.
    /// </summary>
    /// <param name="modelFolder">The base.</param>
    /// <param name="adapterFolder">The adapter, as PEFT or the kit saved it.</param>
    /// <param name="outputFolder">A folder that does not exist, or is empty.</param>
    /// <param name="options">The sample and the like.</param>
    /// <param name="cancellation">Ends it after a few rows; nothing is left behind.</param>
    /// <exception cref="AdapterFormatException">The adapter is broken, or does not fit the base.</exception>
    /// <exception cref="ModelFormatException">The base is broken, or quantized: then there are no original weights in it.</exception>
    /// <exception cref="IOException">The output exists, or cannot be written.</exception>
    public static MergeReport IntoCheckpoint(string modelFolder, string adapterFolder, string outputFolder, MergeOptions? options = null,
        CancellationToken cancellation = default)
    {
        options ??= new();
        var (config, dense) = CheckpointTypes.Unquantized(modelFolder);
        return Run(outputFolder, options, dense, folder =>
        {
            using var adapter = AdapterFile.Open(adapterFolder);
            using var checkpoint = Checkpoint.Open(modelFolder);
            var updates = new CheckpointUpdates(config, checkpoint, adapter);
            new CheckpointMerge(checkpoint, updates, options.Progress, cancellation).Write(folder);
            return (updates.Modules, Reference(modelFolder, adapterFolder, options, dense, cancellation));
        }, modelFolder, cancellation);
    }

    /// <summary>
    /// Into the decoded weights of a quantized base, in <see cref="MergeOptions.StoredAs"/>: W = decode(codes) + s·B·A, which is what
    /// training saw. Parameters and exceptions are those of <see cref="IntoCheckpoint"/>.
    /// </summary>
    /// <exception cref="AdapterFormatException">The adapter is broken, or does not fit the base.</exception>
    /// <exception cref="ModelFormatException">The base is broken.</exception>
    /// <exception cref="IOException">The output exists, or cannot be written.</exception>
    public static MergeReport IntoDequantized(string modelFolder, string adapterFolder, string outputFolder, MergeOptions? options = null,
        CancellationToken cancellation = default)
    {
        options ??= new();
        return Run(outputFolder, options, Dense(options.StoredAs, options.Base), folder =>
        {
            using var model = CausalLM.Load(modelFolder, options.Base);
            using var adapter = LoraAdapter.Load(model, adapterFolder);
            var drift = Drift(model, options, cancellation);
            new DequantizedMerge(model, options.StoredAs, options.Progress, cancellation).Write(folder);
            return (model.Projections.Values.Count(p => p.Update is not null), drift);
        }, modelFolder, cancellation);
    }

    /// <summary>
    /// Back into the codes of a 4-bit base: every merged weight is decoded, added to and encoded anew, and the folder is bitsandbytes'
    /// own. Encoding rounds the update too, which the drift shows. Parameters and exceptions are those of <see cref="IntoCheckpoint"/>.
    /// </summary>
    /// <exception cref="AdapterFormatException">The adapter is broken, or does not fit the base.</exception>
    /// <exception cref="ModelFormatException">The base is broken.</exception>
    /// <exception cref="ArgumentException">The options load no projection in 4 bits, so that there are no codes to merge into.</exception>
    /// <exception cref="IOException">The output exists, or cannot be written.</exception>
    public static MergeReport IntoQuantized(string modelFolder, string adapterFolder, string outputFolder, MergeOptions? options = null,
        CancellationToken cancellation = default)
    {
        options ??= new();
        return Run(outputFolder, options, options.Base with { Progress = null }, folder =>
        {
            using var model = CausalLM.Load(modelFolder, options.Base);
            if (!model.Projections.Values.Any(p => p.Weight.Format is BlockFormat4))
                throw new ArgumentException($"Base stores the projections as {options.Base.Projections}; a 4-bit format is wanted, such as nf4-dq.",
                    nameof(options));
            using var adapter = LoraAdapter.Load(model, adapterFolder);
            var drift = Drift(model, options, cancellation);
            cancellation.ThrowIfCancellationRequested();
            var modules = model.Projections.Values.Count(p => p.Update is not null);
            adapter.Merge();
            cancellation.ThrowIfCancellationRequested();
            model.Save(folder);
            return (modules, drift);
        }, modelFolder, cancellation);
    }

    private static MergeReport Run(string output, MergeOptions options, ModelLoadOptions reading, Func<string, (int Modules, Drift? Drift)> write,
        string modelFolder, CancellationToken cancellation)
    {
        var watch = Stopwatch.StartNew();
        using var folder = new AtomicFolder(output);
        var (modules, drift) = write(folder.Temporary);
        using var _ = drift;
        ModelCompanions.Copy(modelFolder, folder.Temporary);
        var result = drift is null ? null : Measure(drift, folder.Temporary, reading, cancellation);
        var bytes = Directory.EnumerateFiles(folder.Temporary, "*.safetensors").Sum(file => new FileInfo(file).Length);
        options.Progress?.Report((bytes, bytes));
        cancellation.ThrowIfCancellationRequested();
        folder.Commit();
        return new(modules, bytes, watch.Elapsed.TotalSeconds, result);
    }

    private static DriftResult Measure(Drift drift, string folder, ModelLoadOptions reading, CancellationToken cancellation)
    {
        using var merged = CausalLM.Load(folder, reading);
        return drift.To(merged, cancellation);
    }

    private static Drift? Reference(
        string modelFolder, string adapterFolder, MergeOptions options, ModelLoadOptions dense, CancellationToken cancellation)
    {
        if (options.Sample.Count == 0)
            return null;
        using var model = CausalLM.Load(modelFolder, dense);
        using var adapter = LoraAdapter.Load(model, adapterFolder);
        return Drift(model, options, cancellation);
    }

    private static Drift? Drift(CausalLM model, MergeOptions options, CancellationToken cancellation) =>
        options.Sample.Count == 0 ? null : Models.Drift.From(model, options.Sample, options.Window, cancellation);

    private static ModelLoadOptions Dense(DenseFormat format, ModelLoadOptions options) =>
        new() { Device = options.Device, Projections = format, Embedding = format, Head = format };
}
