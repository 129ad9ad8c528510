using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace PeftLabs.Labs;

/// <summary>Reads the options of a YAML text, each with its place.</summary>
internal sealed class TrainYamlReader(string yaml, string file)
{
    private readonly Parser _parser = new(new StringReader(yaml));
    private readonly List<TrainSetting> _settings = [];

    /// <exception cref="TrainConfigException">It is no YAML, or something in it is no option or not an option's value.</exception>
    public IReadOnlyList<TrainSetting> Read()
    {
        try
        {
            _parser.Consume<StreamStart>();
            if (!_parser.TryConsume<StreamEnd>(out _))
                ReadDocument();
            return _settings;
        }
        catch (YamlException e)
        {
            throw new TrainConfigException(Place(e.Start), $"this is no YAML: {e.Message}", e);
        }
    }

    private void ReadDocument()
    {
        _parser.Consume<DocumentStart>();
        // A file of comments alone holds an empty scalar.
        if (!_parser.TryConsume<Scalar>(out var nothing))
            ReadMapping("", TrainKeys.All.Where(key => key.Section.Length == 0).Select(key => key.Name).Concat(TrainKeys.Sections));
        else if (nothing.Value.Length > 0)
            throw new TrainConfigException(Place(nothing.Start), $"'{nothing.Value}' where options such as 'model: NAME' belong");
        _parser.Consume<DocumentEnd>();
        if (!_parser.TryConsume<StreamEnd>(out _))
            throw new TrainConfigException(Place(_parser.Current!.Start), "a second document, where one run belongs");
    }

    private void ReadMapping(string section, IEnumerable<string> names)
    {
        if (!_parser.TryConsume<MappingStart>(out _))
            throw new TrainConfigException(Place(_parser.Current!.Start),
                $"{Shown(_parser.Current)} where {(section.Length == 0 ? "options" : $"the options of {section}")} belong: {string.Join(", ", names)}");
        var seen = new Dictionary<string, string>();
        while (!_parser.TryConsume<MappingEnd>(out _))
        {
            if (!_parser.TryConsume<Scalar>(out var name))
                throw new TrainConfigException(Place(_parser.Current!.Start), $"{Shown(_parser.Current)} where an option's name belongs");
            var place = Place(name.Start);
            if (!seen.TryAdd(name.Value, place))
                throw new TrainConfigException(place, $"{name.Value} stands here a second time; the first is {seen[name.Value]}");
            if (section.Length == 0 && TrainKeys.Sections.Contains(name.Value))
                ReadMapping(name.Value, TrainKeys.All.Where(key => key.Section == name.Value).Select(key => key.Name));
            else
                _settings.Add(new(Find(section, name.Value, place, names), Value(name.Value), place));
        }
    }

    private static TrainKey Find(string section, string name, string place, IEnumerable<string> names)
    {
        if (TrainKeys.All.FirstOrDefault(key => key.Section == section && key.Name == name) is { } found)
            return found;
        if (TrainKeys.All.FirstOrDefault(key => key.Name == name) is { } elsewhere)
            throw new TrainConfigException(place, $"{name} stands {In(section)}; it belongs {In(elsewhere.Section)}");
        throw new TrainConfigException(place, $"there is no option '{name}' {In(section)}; nearest {TrainKeys.Nearest(name, names)}");
    }

    private static string In(string section) => section.Length == 0 ? "at the top" : $"in {section}";

    // A list is as good as its items with commas between them.
    private string Value(string name)
    {
        if (_parser.TryConsume<Scalar>(out var scalar))
            return !scalar.IsPlainImplicit || scalar.Value is not ("" or "~" or "null") ? scalar.Value
                : throw new TrainConfigException(Place(scalar.Start), $"{name} has no value");
        if (!_parser.TryConsume<SequenceStart>(out var list))
            throw new TrainConfigException(Place(_parser.Current!.Start), $"{name} is {Shown(_parser.Current)}; a value belongs there");
        List<string> items = [];
        while (!_parser.TryConsume<SequenceEnd>(out _))
            items.Add(_parser.TryConsume<Scalar>(out var item) ? item.Value
                : throw new TrainConfigException(Place(_parser.Current!.Start), $"an item of {name} is {Shown(_parser.Current)}; a name belongs there"));
        return items.Count > 0 ? string.Join(',', items) : throw new TrainConfigException(Place(list.Start), $"{name} is an empty list");
    }

    private static string Shown(ParsingEvent? found) => found switch
    {
        MappingStart => "a mapping",
        SequenceStart => "a list",
        AnchorAlias alias => $"the alias *{alias.Value} (aliases are not read)",
        Scalar { Value.Length: > 0 } scalar => $"'{scalar.Value}'",
        _ => "nothing",
    };

    private string Place(Mark mark) => $"{file}:{mark.Line}:{mark.Column}";
}
