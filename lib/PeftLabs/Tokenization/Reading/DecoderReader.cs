namespace PeftLabs.Tokenization;

/// <summary>Reads the decoder of a tokenizer.json.</summary>
internal static class DecoderReader
{
    public static DecoderFactory Read(JsonPlace place) => place.IsNull ? (next, _) => new SpacedStage(next) : Part(place);

    /// <summary>
    /// What turns SentencePiece's pieces back into text: the space that was put before it goes; where white space was cut down, so does
    /// one of each piece before the first with anything else in it.
    /// </summary>
    public static DecoderFactory SentencePiece(bool addsSpace, bool removesExtraSpaces) => (next, eager) =>
    {
        if (removesExtraSpaces)
            return new ReplaceCharacterStage(new ByteFallbackStage(new LeadingSpacesStage(next), eager), '▁', " ");
        DecoderStage last = addsSpace ? new StripStartStage(next, ' ', 1) : next;
        return new ReplaceCharacterStage(new ByteFallbackStage(new FuseStage(last), eager), '▁', " ");
    };

    private static DecoderFactory Part(JsonPlace place)
    {
        switch (place.Type)
        {
            case "Sequence":
                place.Knows("decoders");
                DecoderFactory[] parts = [.. place["decoders"].Items().Select(Part)];
                return (next, eager) => parts.Reverse().Aggregate(next, (stage, part) => part(stage, eager));
            case "ByteLevel":
                place.Knows("add_prefix_space", "trim_offsets", "use_regex");
                return (next, _) => new ByteLevelStage(next);
            case "ByteFallback": return (next, eager) => new ByteFallbackStage(next, eager);
            case "Fuse": return (next, _) => new FuseStage(next);
            case "Replace": return Replace(place);
            case "Strip": return Strip(place);
            case "Metaspace":
                place.Knows("replacement", "str_rep", "add_prefix_space", "prepend_scheme", "split");
                var (mark, prepended) = (place["replacement"].Character(), SplitterReader.Scheme(place) != PrependScheme.Never);
                return (next, _) => new MetaspaceStage(next, mark, prepended);
            case "WordPiece":
                place.Knows("prefix", "cleanup");
                var (prefix, cleanUp) = (place["prefix"].StringOr("##"), place["cleanup"].BoolOr(true));
                return (next, _) => new WordPieceStage(next, prefix, cleanUp);
            case "BPEDecoder":
                place.Knows("suffix");
                var suffix = place["suffix"].StringOr("</w>");
                return (next, _) => new WordEndStage(next, suffix);
            case var type: throw place["type"].Refuse($"the decoder {type} is not supported");
        }
    }

    private static DecoderFactory Replace(JsonPlace place)
    {
        var replace = NormalizerReader.Replace(place);
        if (place["pattern"].IsObject && place["pattern"]["String"].StringOrNull() is { Length: 1 } literal)
        {
            var content = place["content"].String();
            return (next, _) => new ReplaceCharacterStage(next, literal[0], content);
        }
        return (next, _) => new ReplaceStage(next, replace);
    }

    private static DecoderFactory Strip(JsonPlace place)
    {
        place.Knows("content", "start", "stop");
        var (character, start, stop) = (place["content"].Character(), place["start"].Int(), place["stop"].Int());
        return (next, _) =>
        {
            var last = stop > 0 ? new StripEndStage(next, character, stop) : next;
            return start > 0 ? new StripStartStage(last, character, start) : last;
        };
    }
}
