using PeftLabs.Adapters;
using PeftLabs.Formats;
using TorchSharp;
using static TorchSharp.torch;

namespace PeftLabs.Training;

/// <summary>
/// The files of a checkpoint: an adapter as PEFT writes it, other trained parameters in parameters.safetensors, the optimizer's state
/// in its own types, torch's random state, and <see cref="TrainerState"/>.
/// </summary>
internal sealed class TrainerFiles(LoraAdapter? adapter, IReadOnlyDictionary<string, string> facts)
{
    private const string Adapter = "adapter_model.safetensors", Parameters = "parameters.safetensors";
    private const string Optimizer = "optimizer.safetensors", Random = "random.safetensors", RandomState = "cpu";

    /// <summary>Fills a folder. <paramref name="begin"/> is told of each part before it is written.</summary>
    public void Write(string folder, Trainer trainer, Action<string> begin)
    {
        using var scope = NewDisposeScope();
        var others = Others(trainer);
        if (adapter is not null)
        {
            begin("adapter");
            adapter.Save(folder);
        }
        if (others.Count > 0)
            WriteTensors(folder, Parameters, others, begin);
        WriteTensors(folder, Optimizer, trainer.Optimizer.State(), begin);
        WriteTensors(folder, Random, [(RandomState, random.get_rng_state())], begin);
        begin(TrainerState.FileName);
        StateOf(trainer).Write(folder, trainer.Records);
        begin(CheckpointManifest.FileName);
        CheckpointManifest.Write(folder);
    }

    /// <summary>Puts a trainer where the one was that wrote the checkpoint. Settings, names and shapes are compared first.</summary>
    /// <exception cref="TrainingCheckpointException">It is of another run.</exception>
    public void Read(TrainingCheckpoint checkpoint, Trainer trainer, Action<string> warn)
    {
        var (state, steps) = TrainerState.Read(checkpoint.Folder);
        var sameRates = steps.All(s => s.LearningRate == trainer.Options.LearningRateAt((int)s.Step - 1));
        RunSettings.Compare(checkpoint, state.Settings, StateOf(trainer).Settings, sameRates, warn);
        string[] files = [.. adapter is null ? [] : new[] { Adapter }, .. Others(trainer).Count == 0 ? [] : new[] { Parameters }];
        using var parameters = new TensorFiles(checkpoint.Folder, files);
        using var optimizer = new TensorFiles(checkpoint.Folder, Optimizer);
        parameters.RequireSame(trainer.Parameters);
        ReadAll(trainer, state, parameters, optimizer);
        trainer.ContinueAfter(steps, state);
        using var random = new TensorFiles(checkpoint.Folder, Random);
        random.Fill(find => torch.random.set_rng_state(find(RandomState)!));
    }

    private static void ReadAll(Trainer trainer, TrainerState state, TensorFiles parameters, TensorFiles optimizer)
    {
        foreach (var (name, parameter) in trainer.Parameters)
            parameters.ReadInto(name, parameter);
        optimizer.Fill(find => trainer.Optimizer.Restore(state.OptimizerSteps, find));
    }

    // What is trained beside the adapter; without one, everything.
    private List<(string Name, Tensor Tensor)> Others(Trainer trainer)
    {
        var own = (adapter?.Parameters ?? []).ToHashSet<Tensor>(ReferenceEqualityComparer.Instance);
        var others = trainer.Parameters.Where(p => !own.Contains(p.Parameter)).Select(p => (p.Name, (Tensor)p.Parameter)).ToList();
        return others.Count == trainer.Parameters.Count - own.Count ? others : throw new ArgumentException(
            $"The trainer trains {trainer.Parameters.Count - others.Count} of the adapter's {own.Count} parameters: "
            + "give the one that it trains.");
    }

    private TrainerState StateOf(Trainer trainer) => new()
    {
        Step = trainer.StepsTaken,
        BatchesSeen = trainer.BatchesSeen,
        OptimizerSteps = trainer.Optimizer.Steps,
        LossScaler = trainer.LossScaling,
        Settings = RunSettings.Of(trainer, adapter, facts),
    };

    // The tensors are gone through twice, and each may live only until the next: an optimizer's paged state, say.
    private static void WriteTensors(string folder, string name, IEnumerable<(string Name, Tensor Tensor)> tensors, Action<string> begin)
    {
        begin(name);
        using var writer = new SafeTensorsWriter(Path.Combine(folder, name),
            tensors.Select(t => new SafeTensorSpec(t.Name, t.Tensor.dtype.ToSafeTensorType(), t.Tensor.shape)));
        foreach (var (tensorName, tensor) in tensors)
            writer.Write(tensorName, tensor);
        writer.Commit();
    }
}
