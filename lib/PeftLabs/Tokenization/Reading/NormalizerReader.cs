using System.Text;

namespace PeftLabs.Tokenization;

/// <summary>Reads the normalizer of a tokenizer.json.</summary>
internal static class NormalizerReader
{
    public static TextNormalizer? Read(JsonPlace place) => place.IsNull ? null : place.Type switch
    {
        "Sequence" => Sequence(place),
        "NFC" => new UnicodeNormalizer(NormalizationForm.FormC),
        "NFD" => new UnicodeNormalizer(NormalizationForm.FormD),
        "NFKC" => new UnicodeNormalizer(NormalizationForm.FormKC),
        "NFKD" => new UnicodeNormalizer(NormalizationForm.FormKD),
        "Lowercase" => CharacterNormalizer.Lowercase,
        "StripAccents" => CharacterNormalizer.StripAccents,
        "Strip" => Strip(place),
        "Replace" => Replace(place),
        "Prepend" => Prepend(place),
        "Precompiled" => Precompiled(place),
        var type => throw place["type"].Refuse($"the normalizer {type} is not supported"),
    };

    public static ReplaceNormalizer Replace(JsonPlace place)
    {
        place.Knows("pattern", "content");
        return new(Pattern(place["pattern"]), place["content"].String());
    }

    /// <summary>A pattern as tokenizer.json writes it: an object with String or Regex, or a plain string.</summary>
    public static TextPattern Pattern(JsonPlace place)
    {
        if (place.IsString)
            return TextPattern.Literal(place.String());
        if (place["String"].StringOrNull() is { } literal)
            return TextPattern.Literal(literal);
        try
        {
            return TextPattern.Oniguruma(place["Regex"].String());
        }
        catch (Exception exception) when (exception is NotSupportedException or ArgumentException)
        {
            throw new TokenizerFileException(place.File, place["Regex"].Path, exception.Message.TrimEnd('.'), exception);
        }
    }

    private static PrecompiledNormalizer Precompiled(JsonPlace place)
    {
        place.Knows("precompiled_charsmap");
        var map = place["precompiled_charsmap"];
        try
        {
            return new(new(Convert.FromBase64String(map.String())));
        }
        catch (FormatException exception) when (exception is not TokenizerFileException)
        {
            throw new TokenizerFileException(place.File, map.Path, exception.Message.TrimEnd('.'), exception);
        }
    }

    private static NormalizerSequence Sequence(JsonPlace place)
    {
        place.Knows("normalizers");
        return new([.. place["normalizers"].Items().Select(item => Read(item) ?? throw item.Refuse("null where a normalizer belongs"))]);
    }

    private static StripNormalizer Strip(JsonPlace place)
    {
        place.Knows("strip_left", "strip_right");
        return new(place["strip_left"].BoolOr(true), place["strip_right"].BoolOr(true));
    }

    private static PrependNormalizer Prepend(JsonPlace place)
    {
        place.Knows("prepend");
        return new(place["prepend"].String());
    }
}
