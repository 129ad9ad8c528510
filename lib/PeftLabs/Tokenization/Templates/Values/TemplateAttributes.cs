namespace PeftLabs.Tokenization;

/// <summary>What stands behind a dot and in square brackets.</summary>
internal static class TemplateAttributes
{
    /// <summary>value.name: a method or attribute first, then what a dict has under that key.</summary>
    public static object? Dot(object? value, string name)
    {
        TemplateValue.RefuseUndefined(value);
        if (Own(value, name, out var found))
            return found;
        return value is DictionaryValue dictionary && dictionary.TryGetValue(name, out var item) ? item : Missing(value, name);
    }

    /// <summary>value[key]: what a dict or list has there first, then a method or attribute of that name.</summary>
    public static object? Item(object? value, object? key)
    {
        TemplateValue.RefuseUndefined(value);
        if (value is DictionaryValue dictionary && key is not null && dictionary.TryGetValue(key, out var item))
            return item;
        if (value is List<object?> or string && key is long or bool)
        {
            var items = TemplateValue.Items(value);
            var index = TemplateValue.Whole(key);
            index += index < 0 ? items.Count : 0;
            return index >= 0 && index < items.Count ? items[(int)index]
                : new Undefined($"the {TemplateValue.TypeName(value)} has no element {TemplateValue.Shown(key)}: it has {items.Count}");
        }
        return key is string attribute && Own(value, attribute, out var found) ? found : Missing(value, TemplateValue.Text(key));
    }

    /// <summary>value[start:stop:step].</summary>
    public static object Slice(object? value, object? start, object? stop, object? step)
    {
        TemplateValue.RefuseUndefined(value);
        if (value is not (List<object?> or string))
            throw new TemplateFault($"{TemplateValue.Described(value)} cannot be cut: a list or a string can");
        var items = TemplateValue.Items(value);
        var by = step is null ? 1 : TemplateValue.Whole(step);
        if (by == 0)
            throw new TemplateFault("a slice's step is 0");
        by = Math.Clamp(by, -items.Count - 1, items.Count + 1);
        var (from, to) = by > 0 ? (Place(start, 0, 0, items.Count), Place(stop, items.Count, 0, items.Count))
            : (Place(start, items.Count - 1, -1, items.Count - 1), Place(stop, -1, -1, items.Count - 1));
        List<object?> cut = [];
        for (var i = from; by > 0 ? i < to : i > to; i += by)
            cut.Add(items[(int)i]);
        return value is string ? string.Concat(cut) : value is TupleValue ? new TupleValue(cut) : cut;

        long Place(object? given, long otherwise, long least, long most)
        {
            if (given is null)
                return otherwise;
            var place = TemplateValue.Whole(given);
            return Math.Clamp(place < 0 ? place + items.Count : place, least, most);
        }
    }

    private static bool Own(object? value, string name, out object? found)
    {
        found = value switch
        {
            string text when StringMethods.Names.Contains(name) => new BoundMethod(name, arguments => StringMethods.Call(text, name, arguments)),
            DictionaryValue dictionary when CollectionMethods.DictionaryNames.Contains(name) =>
                new BoundMethod(name, arguments => CollectionMethods.Call(dictionary, name, arguments)),
            List<object?> list when CollectionMethods.ListNames.Contains(name) =>
                new BoundMethod(name, arguments => CollectionMethods.Call(list, name, arguments)),
            LoopState loop => loop.Attribute(name),
            NamespaceValue space when space.Attributes.TryGetValue(name, out var attribute) => attribute,
            _ => new Undefined(""),
        };
        return found is not Undefined { What: "" };
    }

    private static Undefined Missing(object? value, string name) => new($"the {TemplateValue.TypeName(value)} has no '{name}'");
}
