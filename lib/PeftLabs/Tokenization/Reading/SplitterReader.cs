using System.Text;

namespace PeftLabs.Tokenization;

/// <summary>
/// Reads the pre-tokenizer of a tokenizer.json as splitters one after another, and whether words become bytes at the end.
/// </summary>
internal static class SplitterReader
{
    public static (IReadOnlyList<PieceSplitter> Splitters, bool ByteLevel) Read(JsonPlace place)
    {
        List<PieceSplitter> splitters = [];
        var byteLevel = false;
        if (!place.IsNull)
            Add(place, splitters, ref byteLevel);
        return (splitters, byteLevel);
    }

    private static void Add(JsonPlace place, List<PieceSplitter> splitters, ref bool byteLevel)
    {
        if (byteLevel)
            throw place.Refuse($"{place.Type} after ByteLevel, which would split bytes, is not supported");
        switch (place.Type)
        {
            case "Sequence":
                place.Knows("pretokenizers");
                foreach (var item in place["pretokenizers"].Items())
                    Add(item, splitters, ref byteLevel);
                break;
            case "ByteLevel":
                byteLevel = true;
                AddByteLevel(place, splitters);
                break;
            case "BertPreTokenizer":
                splitters.Add(Characters(Rune.IsWhiteSpace, SplitBehavior.Removed));
                splitters.Add(Characters(UnicodeClasses.IsPunctuation, SplitBehavior.Isolated));
                break;
            default:
                splitters.Add(Single(place));
                break;
        }
    }

    private static void AddByteLevel(JsonPlace place, List<PieceSplitter> splitters)
    {
        place.Knows("add_prefix_space", "trim_offsets", "use_regex");
        if (place["add_prefix_space"].BoolOr(true))
            splitters.Add(new PrefixSpaceSplitter());
        if (place["use_regex"].BoolOr(true))
            splitters.Add(PatternSplitter.Gpt2Words);
    }

    private static PieceSplitter Single(JsonPlace place)
    {
        switch (place.Type)
        {
            case "Split":
                place.Knows("pattern", "behavior", "invert");
                return new PatternSplitter(
                    NormalizerReader.Pattern(place["pattern"]), Behavior(place["behavior"]), place["invert"].BoolOr(false));
            case "Digits":
                place.Knows("individual_digits");
                return Characters(
                    UnicodeClasses.IsNumeric, place["individual_digits"].BoolOr(false) ? SplitBehavior.Isolated : SplitBehavior.Contiguous);
            case "Punctuation":
                place.Knows("behavior");
                return Characters(
                    UnicodeClasses.IsPunctuation, place["behavior"].IsNull ? SplitBehavior.Isolated : Behavior(place["behavior"]));
            case "CharDelimiterSplit":
                place.Knows("delimiter");
                var delimiter = place["delimiter"].Character();
                return Characters(rune => rune.Value == delimiter, SplitBehavior.Removed);
            case "Metaspace": return Metaspace(place);
            case "Whitespace": return new WordSplitter();
            case "WhitespaceSplit": return Characters(Rune.IsWhiteSpace, SplitBehavior.Removed);
            case var type: throw place["type"].Refuse($"the pre-tokenizer {type} is not supported");
        }
    }

    private static MetaspaceSplitter Metaspace(JsonPlace place)
    {
        place.Knows("replacement", "str_rep", "add_prefix_space", "prepend_scheme", "split");
        return new(place["replacement"].Character(), Scheme(place), place["split"].BoolOr(true));
    }

    /// <summary>Older files say add_prefix_space instead of a scheme.</summary>
    public static PrependScheme Scheme(JsonPlace place) => place["prepend_scheme"].StringOrNull() switch
    {
        null => place["add_prefix_space"].BoolOr(true) ? PrependScheme.Always : PrependScheme.Never,
        "always" => PrependScheme.Always,
        "first" => PrependScheme.First,
        "never" => PrependScheme.Never,
        var other => throw place["prepend_scheme"].Refuse($"{other} where always, first or never belongs"),
    };

    private static SplitBehavior Behavior(JsonPlace place) =>
        Enum.TryParse<SplitBehavior>(place.String(), out var behavior) && Enum.IsDefined(behavior) ? behavior
            : throw place.Refuse($"{place.String()} where one of {string.Join(", ", Enum.GetNames<SplitBehavior>())} belongs");

    private static CharacterSplitter Characters(Func<Rune, bool> isDelimiter, SplitBehavior behavior) => new(isDelimiter, behavior);
}
