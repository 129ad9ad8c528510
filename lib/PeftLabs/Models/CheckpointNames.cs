using PeftLabs.Formats;

namespace PeftLabs.Models;

/// <summary>The names under which a checkpoint holds a family's tensors.</summary>
internal static class CheckpointNames
{
    /// <summary>
    /// A tensor's name in a checkpoint: a checkpoint of the model without its head names tensors from within, <c>h.0.ln_1.weight</c> for
    /// <c>transformer.h.0.ln_1.weight</c>.
    /// </summary>
    public static string Stored(Checkpoint checkpoint, ModelFamily family, string name) =>
        !checkpoint.Contains(name) && name.StartsWith(family.Prefix, StringComparison.Ordinal) && checkpoint.Contains(name[family.Prefix.Length..])
            ? name[family.Prefix.Length..] : name;
}
