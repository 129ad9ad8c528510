namespace PeftLabs.Tokenization;

/// <summary>
/// Reads the post-processor of a tokenizer.json as what goes before and after one text; pairs of texts are nobody's here.
/// </summary>
internal static class TemplateReader
{
    public static SpecialTokenTemplate? Read(JsonPlace place)
    {
        if (place.IsNull)
            return null;
        switch (place.Type)
        {
            case "ByteLevel":
                place.Knows("add_prefix_space", "trim_offsets", "use_regex");
                return SpecialTokenTemplate.Empty;
            case "TemplateProcessing":
                place.Knows("single", "pair", "special_tokens");
                return Template(place);
            case "RobertaProcessing" or "BertProcessing":
                place.Knows("sep", "cls", "trim_offsets", "add_prefix_space");
                return new([Pair(place["cls"])], [Pair(place["sep"])]);
            case "Sequence":
                place.Knows("processors");
                return place["processors"].Items().Aggregate(
                    SpecialTokenTemplate.Empty, (inner, item) => Read(item) is { } outer ? inner.WrappedIn(outer) : inner);
            case var type: throw place["type"].Refuse($"the post-processor {type} is not supported");
        }
    }

    private static SpecialTokenTemplate Template(JsonPlace place)
    {
        List<int> before = [];
        List<int>? after = null;
        foreach (var piece in place["single"].Items())
        {
            if (!piece["SpecialToken"].IsNull)
                (after ?? before).AddRange(Ids(place, piece["SpecialToken"]["id"]));
            else if (piece["Sequence"]["id"].String() == "A" && after is null)
                after = [];
            else
                throw piece.Refuse("a second text in the template of one is not supported");
        }
        return after is null ? throw place["single"].Refuse("a template without the text itself is not supported") : new(before, after);
    }

    private static IEnumerable<int> Ids(JsonPlace place, JsonPlace name)
    {
        var token = place["special_tokens"][name.String()];
        if (token.IsNull)
            throw name.Refuse($"{name.String()} is not among the template's special_tokens");
        return token["ids"].Items().Select(id => id.Int());
    }

    private static int Pair(JsonPlace place) => place.Items().ToArray() is [var token, var id] && token.IsString
        ? id.Int() : throw place.Refuse("no pair of token and id");
}
