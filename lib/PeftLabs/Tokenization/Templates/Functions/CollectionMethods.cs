namespace PeftLabs.Tokenization;

/// <summary>The methods of dicts and lists. Those that would change them are refused, as transformers refuses them.</summary>
internal static class CollectionMethods
{
    public static IReadOnlySet<string> DictionaryNames { get; } = new HashSet<string>
    {
        "items", "keys", "values", "get", "copy", "update", "pop", "clear", "setdefault", "popitem",
    };

    public static IReadOnlySet<string> ListNames { get; } = new HashSet<string>
    {
        "index", "count", "copy", "append", "extend", "insert", "pop", "remove", "clear", "reverse", "sort",
    };

    public static object? Call(DictionaryValue dictionary, string name, CallArguments arguments) => name switch
    {
        "items" => Pairs(dictionary),
        "keys" => new List<object?>(dictionary.Keys),
        "values" => new List<object?>(dictionary.Values),
        "get" => arguments.Expect("key", "default").Require(0, "key") is { } key && dictionary.TryGetValue(key, out var value)
            ? value : arguments.Get(1, "default"),
        "copy" => new DictionaryValue(dictionary),
        _ => throw Changes(name),
    };

    public static object? Call(List<object?> list, string name, CallArguments arguments) => name switch
    {
        "index" => list.FindIndex(item => TemplateValue.Equals(item, arguments.Require(0, "value"))) is var index and >= 0 ? (long)index
            : throw new TemplateFault($"index: {TemplateValue.Described(arguments.Require(0, "value"))} is not in the list"),
        "count" => (long)list.Count(item => TemplateValue.Equals(item, arguments.Require(0, "value"))),
        "copy" => new List<object?>(list),
        _ => throw Changes(name),
    };

    public static List<object?> Pairs(DictionaryValue dictionary) =>
        [.. dictionary.Select(entry => new TupleValue([entry.Key, entry.Value]))];

    private static TemplateFault Changes(string name) =>
        new($"{name} changes a value, which a template may not; {{% set %}} and + make a new one");
}
