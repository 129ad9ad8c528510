using PeftLabs.Labs;
using PeftLabs.Memory;
using PeftLabs.Models;
using PeftLabs.Planning;
using PeftLabs.Planning.Advice;

namespace PeftLabs.Cli.Plan;

/// <summary>What <c>lab plan</c> was asked, understood.</summary>
/// <param name="Model">The model as it was named.</param>
/// <param name="Gpu">The GPU; null for this machine.</param>
/// <param name="IsSpeedAssumed">Whether the machine's speed has not been measured.</param>
/// <param name="Advice">The request for advice.</param>
public sealed record PlanRequest(string Model, Gpu? Gpu, bool IsSpeedAssumed, AdviceRequest Advice)
{
    /// <summary>Makes it of the texts of the command line.</summary>
    /// <exception cref="ArgumentException">The model or the GPU is not known, or neither memory nor GPU is given.</exception>
    /// <exception cref="FormatException">The memory is no size, or the method no method.</exception>
    public static PlanRequest Of(string model, string? memory, string? gpu, string? method, long batch, long tokens, int rank)
    {
        var card = gpu is null ? null : GpuCatalogue.Find(gpu);
        var budget = memory is not null ? ByteSize.Parse(memory) : card?.Budget
            ?? throw new ArgumentException("Give the memory, as in --memory 6GiB, or a GPU, as in --gpu \"RTX 4090\".");
        var kept = card is null ? MeasuredSpeed.CurrentIfKept : null;
        return new(model, card, card is null && kept is null, new(ModelCatalogue.Resolve(model), budget, card?.Speed ?? kept ?? MeasuredSpeed.Assumed)
        {
            Batch = batch,
            Tokens = tokens,
            Rank = rank,
            Method = method is null ? null : TuningMethods.Parse(method),
        });
    }

    /// <summary>Whether the budget is what a GPU has, less what is set aside.</summary>
    public bool IsBudgetOfGpu => Gpu is { } gpu && gpu.Budget == Advice.BudgetBytes;
}
