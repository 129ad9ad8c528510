using PeftLabs.Models;

namespace PeftLabs.Labs;

/// <summary>Makes a run of the options that were given.</summary>
internal static class TrainSettings
{
    private static readonly RunSpec s_start = new() { Name = "", Model = new(), Data = new() { Kind = DataKind.Text }, Lora = TrainConfig.DefaultLora };

    /// <summary>The run of a file's options and of those beside it, which come instead of the file's.</summary>
    public static TrainConfig Apply(IReadOnlyList<TrainSetting> file, IReadOnlyList<TrainSetting> beside, string place)
    {
        RefuseTwice(beside);
        var kept = file.Where(setting => !beside.Any(other => Replaces(other.Key, setting.Key)));
        var given = kept.Concat(beside).ToDictionary(setting => setting.Key.Path);
        foreach (var both in given.Values.Where(s => s.Key.Alternative is not null).GroupBy(s => s.Key.Alternative).Where(g => g.Count() > 1))
            throw new TrainConfigException(both.Last().Place,
                $"{both.Last().Key.Path} is given beside {both.First().Key.Path}, and both say {both.Key}: leave one out");
        var config = new TrainConfig { Run = Start(given) };
        foreach (var key in TrainKeys.All)
            if (given.TryGetValue(key.Path, out var setting))
                config = Set(config, setting);
        config = Complete(config, given);
        new TrainConfigCheck(config, given, place).Check();
        return config;
    }

    private static void RefuseTwice(IReadOnlyList<TrainSetting> settings)
    {
        foreach (var twice in settings.GroupBy(s => s.Key.Path).Where(g => g.Count() > 1))
            throw new TrainConfigException(twice.Last().Place, $"{twice.Key} was given before, by {twice.First().Place}");
    }

    private static bool Replaces(TrainKey key, TrainKey other) =>
        key.Path == other.Path || (key.Alternative is { } alternative && alternative == other.Alternative);

    private static TrainConfig Set(TrainConfig config, TrainSetting setting)
    {
        var (key, text) = (setting.Key, setting.Text);
        if (!key.Fits(config))
            throw new TrainConfigException(setting.Place, $"{key.Path} is for {key.Needs}");
        try
        {
            return key.Option.SetOrSay(config, text, key.Path);
        }
        catch (FormatException e)
        {
            throw new TrainConfigException(setting.Place, e.Message, e);
        }
        catch (Exception e) when (e is ArgumentException or IOException or Hub.HubException)
        {
            throw new TrainConfigException(setting.Place, $"{key.Path} is '{text}': {e.Message.Split('\n')[0].Split(" (Parameter")[0]}", e);
        }
    }

    // The kit's own model where none is named; what is for models in a folder is for it too.
    private static RunSpec Start(Dictionary<string, TrainSetting> given) => given.ContainsKey("model") || !Directory.Exists(LabModel.Folder)
        ? s_start : s_start with { Model = new() { Folder = LabModel.FolderOf() } };

    // What follows from other options where nobody said it.
    private static TrainConfig Complete(TrainConfig config, Dictionary<string, TrainSetting> given)
    {
        var run = config.Run;
        if (run.Data.Kind == DataKind.File && !given.ContainsKey("data.examples"))
            run = run with { Data = run.Data with { Examples = null } };
        var holdsOut = run.Data.Kind switch
        {
            DataKind.RandomTokens => false,
            DataKind.File => run.Data.Validation is not null || run.Data.ValidationShare > 0,
            _ => true,
        };
        if (holdsOut && !given.ContainsKey("evaluate.validation-examples"))
            run = run with { HeldOut = 64 };
        if (holdsOut && !given.ContainsKey("evaluate.samples"))
            run = run with { Samples = 2 };
        if (!given.ContainsKey("name"))
            run = run with { Name = $"{OptionNames<TrainMethod>.Name(ModelKeys.MethodOf(run))} on {What(run.Data)}" };
        return config with { Run = run };
    }

    private static string What(DataRecipe data) => data.Task ?? (data.File is { } file ? Path.GetFileName(file.Path) : OptionNames<DataKind>.Name(data.Kind));
}
