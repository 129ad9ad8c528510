using PeftLabs.Adapters;
using PeftLabs.Formats;

namespace PeftLabs.Planning;

/// <summary>Whether options treat a model's blocks alike, as far as names say so: a name with a number may mean some blocks alone.</summary>
internal static class LayerNames
{
    /// <summary>True where no option can mean one block and not another; false where one might.</summary>
    public static bool AreAlike(TrainingPlan plan) =>
        PlannedFormats.SkippedNames(plan).All(IsForAll) && (plan.Lora is not { } lora
            || lora.LayersToTransform is null && IsForAll(lora.Targets(plan.Config.Family)) && IsForAll(lora.ExcludeModules)
            && lora.RankPattern.Count == 0 && lora.AlphaPattern.Count == 0);

    private static bool IsForAll(ModuleSelection? selection) => selection is null || selection.IsAllLinear || selection.Names?.All(IsForAll) == true;

    private static bool IsForAll(string name) => !name.Any(char.IsAsciiDigit);
}
