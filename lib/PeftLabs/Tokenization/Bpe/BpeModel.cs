using System.Text;

namespace PeftLabs.Tokenization;

/// <summary>
/// A byte-pair encoding (Sennrich et al. 2016) over UTF-8 bytes or over characters: a word's symbols merge pair by pair, lowest rank first.
/// </summary>
internal sealed class BpeModel : TokenModel
{
    private const char Metaspace = '▁';

    private readonly Dictionary<string, int>.AlternateLookup<ReadOnlySpan<char>> _vocabulary;
    private readonly BpeOptions _options;
    private readonly MergeTable _merges;
    private readonly int[] _byteIds;
    private readonly bool _splitsAtMetaspace;

    /// <param name="vocabulary">The model's own tokens; added tokens are none of its business.</param>
    /// <param name="merges">Each pair with its rank and the id it becomes.</param>
    /// <param name="options">What it does beside merging.</param>
    public BpeModel(
        Dictionary<string, int> vocabulary, IReadOnlyCollection<(int Left, int Right, int Rank, int Id)> merges, BpeOptions options)
    {
        _vocabulary = vocabulary.GetAlternateLookup<ReadOnlySpan<char>>();
        _options = options;
        _merges = new(merges);
        _byteIds = [.. Enumerable.Range(0, 256).Select(value => vocabulary.GetValueOrDefault(
            options.ByteLevel ? ByteAlphabet.ToCharacter((byte)value).ToString() : $"<0x{value:X2}>", -1))];
        var dropsCharacters = options.UnknownId is null && !(options.ByteFallback && !_byteIds.Contains(-1));
        _splitsAtMetaspace = !dropsCharacters && SplitsAtMetaspace(vocabulary, merges, options);
    }

    /// <summary>
    /// Appends the ids of a word; its offsets too where the buffer tracks them, and then past the cache, which knows none.
    /// </summary>
    public override void Encode(TextPiece piece, TokenBuffer output, ModelScratch scratch)
    {
        var text = piece.Span;
        var merges = scratch.Merges;
        for (int start = 0, end; start < text.Length; start = end)
        {
            end = _splitsAtMetaspace ? NextMetaspace(text, start) : text.Length;
            var part = text[start..end];
            if (output.Tracked)
                EncodeTracked(piece.Slice(start, end - start), output, merges);
            else if (merges.Cache.TryGet(part, out var ids, out var slot))
                output.Add(ids);
            else
                EncodeNew(part, output, merges, slot);
        }
    }

    private void EncodeNew(ReadOnlySpan<char> word, TokenBuffer output, MergeScratch scratch, int slot)
    {
        EncodeWord(word, scratch);
        var ids = scratch.Ids.AsSpan(0, scratch.Count);
        output.Add(ids);
        if (word.Length <= WordCache.LongestWord)
            scratch.Cache.Add(word, ids, slot);
    }

    private void EncodeTracked(TextPiece word, TokenBuffer output, MergeScratch scratch)
    {
        EncodeWord(word.Span, scratch);
        for (var i = 0; i < scratch.Count; i++)
        {
            var last = i + 1 < scratch.Count ? scratch.First[i + 1] - 1 : scratch.InitialCount - 1;
            var (start, end) = (word.Start + scratch.Units[scratch.First[i]].Start, word.Start + scratch.Units[last].End);
            output.Add(scratch.Ids[i], word.Source.OriginalStart(start), word.Source.OriginalEnd(end));
        }
    }

    private void EncodeWord(ReadOnlySpan<char> word, MergeScratch scratch)
    {
        scratch.Clear();
        if (_options.IgnoreMerges && WholeWord(word, scratch))
            return;
        if (_options.ByteLevel)
            AddBytes(word, scratch);
        else
            AddCharacters(word, scratch);
        scratch.Merge(_merges);
    }

    private bool WholeWord(ReadOnlySpan<char> word, MergeScratch scratch)
    {
        int id;
        if (!_options.ByteLevel)
        {
            if (!_vocabulary.TryGetValue(word, out id))
                return false;
        }
        else
        {
            Span<char> letters = word.Length <= 128 ? stackalloc char[word.Length * 3] : new char[word.Length * 3];
            scratch.EnsureBytes(word.Length * 3);
            var length = Encoding.UTF8.GetBytes(word, scratch.Bytes);
            for (var i = 0; i < length; i++)
                letters[i] = ByteAlphabet.ToCharacter(scratch.Bytes[i]);
            if (!_vocabulary.TryGetValue(letters[..length], out id))
                return false;
        }
        scratch.Add(id, 0, word.Length);
        scratch.Merge(_merges);
        return true;
    }

    private void AddBytes(ReadOnlySpan<char> word, MergeScratch scratch)
    {
        Span<byte> bytes = stackalloc byte[4];
        var (at, unknown) = (0, false);
        foreach (var rune in word.EnumerateRunes())
        {
            var end = at + rune.Utf16SequenceLength;
            foreach (var value in bytes[..rune.EncodeToUtf8(bytes)])
                AddSymbol(_byteIds[value], at, end, ref unknown, scratch);
            at = end;
        }
    }

    private void AddCharacters(ReadOnlySpan<char> word, MergeScratch scratch)
    {
        Span<byte> bytes = stackalloc byte[4];
        var (at, unknown) = (0, false);
        foreach (var rune in word.EnumerateRunes())
        {
            var end = at + rune.Utf16SequenceLength;
            var id = Find(word[at..end], isFirst: at == 0, isLast: end == word.Length);
            var fallback = id < 0 && _options.ByteFallback ? bytes[..rune.EncodeToUtf8(bytes)] : [];
            if (fallback.IsEmpty || HasMissing(fallback))
                AddSymbol(id, at, end, ref unknown, scratch);
            else
                foreach (var value in fallback)
                    AddSymbol(_byteIds[value], at, end, ref unknown, scratch);
            at = end;
        }
    }

    private int Find(ReadOnlySpan<char> character, bool isFirst, bool isLast)
    {
        if (_options.ContinuingPrefix == "" && _options.EndOfWordSuffix == "")
            return _vocabulary.TryGetValue(character, out var plain) ? plain : -1;
        var symbol = string.Concat(isFirst ? "" : _options.ContinuingPrefix, character, isLast ? _options.EndOfWordSuffix : "");
        return _vocabulary.TryGetValue(symbol, out var id) ? id : -1;
    }

    private bool HasMissing(ReadOnlySpan<byte> bytes)
    {
        foreach (var value in bytes)
            if (_byteIds[value] < 0)
                return true;
        return false;
    }

    private void AddSymbol(int id, int start, int end, ref bool unknown, MergeScratch scratch)
    {
        if (id >= 0)
            scratch.Add(id, start, end);
        else if (unknown && _options.FuseUnknown)
            scratch.ExtendLast(end);
        else if (_options.UnknownId is { } unknownId)
            scratch.Add(unknownId, start, end);
        unknown = id < 0 && _options.UnknownId is not null;
    }

    /// <summary>
    /// Whether a text may be cut before each ▁ that follows something else, which turns a whole text into words that the cache knows:
    /// so it is where ▁ is a token and no merge has ▁ at its right half's beginning but not at its left half's end. (Where characters
    /// without a token are dropped, what stood on their two sides meets, and nothing may be cut.)
    /// </summary>
    private static bool SplitsAtMetaspace(
        Dictionary<string, int> vocabulary, IReadOnlyCollection<(int Left, int Right, int Rank, int Id)> merges, BpeOptions options)
    {
        if (options.ByteLevel || options.IgnoreMerges || options.ContinuingPrefix != "" || options.EndOfWordSuffix != "")
            return false;
        var (starts, ends) = (new HashSet<int>(), new HashSet<int>());
        foreach (var (token, id) in vocabulary)
        {
            if (token.StartsWith(Metaspace))
                starts.Add(id);
            if (token.EndsWith(Metaspace))
                ends.Add(id);
        }
        return vocabulary.ContainsKey(Metaspace.ToString())
            && merges.All(merge => !starts.Contains(merge.Right) || ends.Contains(merge.Left));
    }

    private static int NextMetaspace(ReadOnlySpan<char> text, int start)
    {
        var end = start + 1;
        while (end < text.Length && text[end] == Metaspace && text[end - 1] == Metaspace)
            end++;
        var next = text[end..].IndexOf(Metaspace);
        return next < 0 ? text.Length : end + next;
    }
}
