using System.Text.RegularExpressions;
using PeftLabs.Models;

namespace PeftLabs.Adapters;

/// <summary>Finds the projections that options mean, and fails where they mean nothing.</summary>
internal static class LoraTargets
{
    public static List<Projection> Find(CausalLM model, LoraOptions options)
    {
        var found = model.Projections.Values
            .Where(p => options.TargetModules.Includes(p.Path, ReferenceEquals(p, model.Head)) && InLayers(p.Path, options)).ToList();
        if (found.Count == 0)
            throw new ArgumentException($"TargetModules is '{options.TargetModules}', which matches none of the model's projections: "
                + string.Join(", ", Endings(model)) + ".");
        foreach (var name in options.TargetModules.Names ?? [])
            Require(found.Any(p => p.Path == name || p.Path.EndsWith("." + name, StringComparison.Ordinal)), "TargetModules", name, model);
        foreach (var pattern in options.RankPattern.Keys.Concat(options.AlphaPattern.Keys))
            Require(found.Any(p => Regex.IsMatch(p.Path, $@"^(?:.*\.)?(?:{pattern})$")), "a rank or alpha pattern", pattern, model);
        if (found.FirstOrDefault(p => p.Update is not null) is { } worn)
            throw new ArgumentException($"'{worn.Path}' wears an adapter already; detach or merge it first.");
        if (found.FirstOrDefault(p => ReferenceEquals(p.Weight, model.Embedding)) is { } tied)
            throw new ArgumentException($"TargetModules names '{tied.Path}', whose matrix is also the embedding; leave the tied head out.");
        return found;
    }

    private static bool InLayers(string path, LoraOptions options)
    {
        if (options.LayersToTransform is not { } layers)
            return true;
        var number = Regex.Match(path, @"\.(\d+)\.");
        return number.Success && layers.Contains(int.Parse(number.Groups[1].ValueSpan));
    }

    private static void Require(bool condition, string option, string name, CausalLM model)
    {
        if (!condition)
            throw new ArgumentException($"{option} names '{name}', which matches none of the model's projections: "
                + string.Join(", ", Endings(model)) + ".");
    }

    private static IEnumerable<string> Endings(CausalLM model) =>
        model.Projections.Keys.Select(p => p[(p.LastIndexOf('.') + 1)..]).Distinct();
}
