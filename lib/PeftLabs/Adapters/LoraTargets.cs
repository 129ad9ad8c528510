using System.Text.RegularExpressions;
using PeftLabs.Formats;
using PeftLabs.Models;

namespace PeftLabs.Adapters;

/// <summary>Finds the projections that a configuration means, and fails where a part of it means nothing.</summary>
internal static class LoraTargets
{
    public static List<Projection> Find(CausalLM model, LoraAdapterConfig config)
    {
        var paths = Find(model.Projections.Keys, model.Config.Family, config);
        var found = paths.ConvertAll(path => model.Projections[path]);
        if (found.FirstOrDefault(p => p.Update is not null) is { } worn)
            throw new ArgumentException($"'{worn.Path}' wears an adapter already; detach or merge that first.");
        if (found.FirstOrDefault(p => ReferenceEquals(p.Weight, model.Embedding)) is { } tied)
            throw new ArgumentException($"TargetModules means '{tied.Path}', whose matrix is the embedding too; leave the tied head out.");
        return found;
    }

    /// <summary>The same by the paths of a model's projections alone.</summary>
    public static List<string> Find(IEnumerable<string> projections, ModelFamily family, LoraAdapterConfig config)
    {
        RefuseUnsupported(family, config);
        var (paths, head) = (projections.ToList(), family.Head);
        var targets = config.Targets(family);
        var found = paths.Where(p => targets.Includes(p, p == head) && InLayers(p, config)
            && config.ExcludeModules?.Includes(p, p == head) != true).ToList();
        if (found.Count == 0)
            throw Nothing("TargetModules", targets.Pattern ?? string.Join(", ", targets.Names!), paths);
        if ((targets.Names ?? []).FirstOrDefault(n => !found.Any(p => LoraModules.Ends(p, n))) is { } name)
            throw Nothing("TargetModules", name, paths);
        var patterns = config.RankPattern.Keys.Concat(config.AlphaPattern.Keys);
        if (patterns.FirstOrDefault(key => !found.Any(p => LoraModules.IsMeantBy(p, key))) is { } pattern)
            throw Nothing("RankPattern or AlphaPattern", pattern, paths);
        return found;
    }

    private static void RefuseUnsupported(ModelFamily family, LoraAdapterConfig config)
    {
        if (config.ModulesToSave is { Count: > 0 } modules)
            throw new ArgumentException($"ModulesToSave is {string.Join(", ", modules)}; training whole modules beside LoRA is not supported.");
        if (config.FanInFanOut && !family.IsTransposed)
            throw new ArgumentException($"FanInFanOut is true; {family.Architecture} stores its weights [out, in].");
    }

    private static bool InLayers(string path, LoraAdapterConfig config)
    {
        if (config.LayersToTransform is not { } layers)
            return true;
        var list = config.LayersPattern is { Count: > 0 } names ? $"(?:{string.Join('|', names)})" : @"[^.]+";
        var number = Regex.Match(path, $@"(?:^|\.){list}\.(\d+)\.");
        return number.Success && layers.Contains(int.Parse(number.Groups[1].ValueSpan));
    }

    private static ArgumentException Nothing(string option, string name, List<string> paths) => new(
        $"{option} names '{name}', which means none of the targeted projections; the model has "
        + string.Join(", ", paths.Select(p => p[(p.LastIndexOf('.') + 1)..]).Distinct()) + ".");
}
