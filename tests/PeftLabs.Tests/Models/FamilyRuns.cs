using PeftLabs.Adapters;
using PeftLabs.Formats;
using PeftLabs.Memory;
using PeftLabs.Models;
using PeftLabs.Models.Cpu;
using PeftLabs.Quantization;
using PeftLabs.Quantization.Streaming;
using PeftLabs.Tests.Formats;
using PeftLabs.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace PeftLabs.Tests.Models;

/// <summary>The golden batch of a family, and a pass over it.</summary>
internal static class FamilyRuns
{
    public static Dictionary<string, Tensor> Gradients(string name, ModelExecution execution, ModelLoadOptions? loading = null)
    {
        using var model = CausalLM.Load(Shared.Fixture("models", name), loading);
        model.Execution = execution;
        // What is streamed is frozen: the norms and biases tell as much.
        foreach (var (_, parameter) in model.named_parameters())
            parameter.requires_grad = true;
        using var batch = Batch(name);
        using var loss = CausalLoss.Compute(model, batch);
        loss.backward();
        BackwardScope.Release();
        return model.named_parameters().Where(p => p.Item2.grad is not null).ToDictionary(p => p.Item1, p => p.Item2.grad!.clone());
    }

    public static void Near(Dictionary<string, Tensor> expected, Dictionary<string, Tensor> given, double relative, string what)
    {
        Assert.NotEmpty(given);
        foreach (var (name, gradient) in given)
            Tolerance.Near(expected[name], gradient, relative, $"{what}: {name}");
    }

    public static TrainingBatch Batch(string name)
    {
        using var expected = Checkpoint.Open(Shared.Fixture("models", name, "expected.safetensors"));
        return new(expected.Read("input_ids"), expected.Read("labels"));
    }

    public static Tensor Ids(string name)
    {
        using var expected = Checkpoint.Open(Shared.Fixture("models", name, "expected.safetensors"));
        return expected.Read("input_ids");
    }
}
