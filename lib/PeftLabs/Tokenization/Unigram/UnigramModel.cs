using System.Text;

namespace PeftLabs.Tokenization;

/// <summary>
/// A unigram language model over pieces (Kudo 2018, arXiv 1804.10959): of all ways to cut a text into pieces, the one whose scores add
/// up to the most, found by the Viterbi algorithm from left to right. A character that is no piece by itself counts as unknown, at a
/// score of 10 below the least of any piece.
/// </summary>
/// <remarks>
/// Where no piece that began earlier reaches beyond a place, every segmentation passes it: what is best up to there is settled and
/// handed on. So the tables stay as small as a word, and the time is the text's length times that of its longest pieces.
/// </remarks>
internal sealed class UnigramModel : TokenModel
{
    private const float UnknownPenalty = 10;

    private readonly PieceTrie _trie;
    private readonly IReadOnlyDictionary<string, int> _vocabulary;
    private readonly UnigramOptions _options;
    private readonly double[] _scores;
    private readonly double _unknownScore;
    private readonly int[]? _byteIds;

    /// <param name="vocabulary">All tokens and their ids.</param>
    /// <param name="pieces">The ones that are looked for in a text, by their ids.</param>
    /// <param name="leastScore">The least score of any piece.</param>
    /// <param name="options">What it does beside.</param>
    public UnigramModel(
        IReadOnlyDictionary<string, int> vocabulary, IReadOnlyCollection<(int Id, UnigramPiece Piece)> pieces, double leastScore,
        UnigramOptions options)
    {
        (_vocabulary, _options) = (vocabulary, options);
        _trie = PieceTrie.Build(pieces.Select(entry => (Encoding.UTF8.GetBytes(entry.Piece.Text), entry.Id)));
        _scores = Scores(pieces);
        _unknownScore = options.SinglePrecision ? (float)leastScore - UnknownPenalty : leastScore - UnknownPenalty;
        int[] byteIds = [.. Enumerable.Range(0, 256).Select(value => vocabulary.GetValueOrDefault($"<0x{value:X2}>", -1))];
        _byteIds = options.ByteFallback && !byteIds.Contains(-1) ? byteIds : null;
    }

    public override void Encode(TextPiece piece, TokenBuffer output, ModelScratch scratch)
    {
        var work = scratch.Unigram;
        var text = work.Load(piece.Span);
        var sink = new UnigramSink(piece, text, output);
        var (settled, reach) = (0, 0);
        work.Ways[0] = default;
        for (var start = 0; start < text.Length;)
        {
            if (start == reach && start > settled)
            {
                HandOn(text, settled, start, work, ref sink);
                work.Ways[0] = new(work.Ways[start - settled].Score, -1, 0);
                settled = start;
            }
            start = Extend(text, start, settled, ref reach, work);
        }
        if (text.Length > settled)
            HandOn(text, settled, text.Length, work, ref sink);
        FlushUnknown(ref sink);
        work.Trim();
    }

    private double[] Scores(IReadOnlyCollection<(int Id, UnigramPiece Piece)> pieces)
    {
        // SentencePiece starts its search for the greatest score from the smallest float above 0, which is what it then nearly always is.
        var most = pieces.Where(entry => !entry.Piece.IsUserDefined).Select(entry => (float)entry.Piece.Score)
            .Append(1.17549435e-38f).Max();
        var scores = new double[pieces.Select(entry => entry.Id + 1).Append(0).Max()];
        foreach (var (id, piece) in pieces)
        {
            var length = (float)Encoding.UTF8.GetByteCount(piece.Text);
            scores[id] = piece.IsUserDefined ? length * most - 0.1f : _options.SinglePrecision ? (float)piece.Score : piece.Score;
        }
        return scores;
    }

    /// <summary>Tries every piece that begins here as the last token of a segmentation; gives where the next character begins.</summary>
    private int Extend(ReadOnlySpan<byte> text, int start, int settled, ref int reach, UnigramScratch work)
    {
        var till = work.Ways[start - settled].Score;
        var next = start + Math.Min(CharacterLength(text[start]), text.Length - start);
        var node = PieceTrie.Root;
        var isPiece = false;
        for (var end = start; end < text.Length && (node = _trie.Next(node, text[end])) != PieceTrie.None;)
        {
            end++;
            if (_trie.Number(node) is not (>= 0 and var id))
                continue;
            Offer(end, new(Sum(_scores[id], till), start, id), settled, ref reach, work);
            isPiece |= end == next;
        }
        if (!isPiece)
            Offer(next, new(Sum(_unknownScore, till), start, UnigramScratch.Way.Unknown), settled, ref reach, work);
        return next;
    }

    private double Sum(double score, double till) => _options.SinglePrecision ? (float)score + (float)till : score + till;

    private static void Offer(int end, UnigramScratch.Way way, int settled, ref int reach, UnigramScratch work)
    {
        if (end > reach)
        {
            work.Reserve(end - settled + 1);
            work.Ways.AsSpan(reach - settled + 1, end - reach).Fill(new(0, -1, 0));
            reach = end;
        }
        ref var best = ref work.Ways[end - settled];
        // Of ways that are equally good, the one whose last token is longest stays.
        if (best.Start < 0 || way.Score > best.Score)
            best = way;
    }

    private void HandOn(ReadOnlySpan<byte> text, int settled, int end, UnigramScratch work, ref UnigramSink sink)
    {
        work.Ends.Clear();
        for (var at = end; at > settled; at = work.Ways[at - settled].Start)
            work.Ends.Add(at);
        for (var i = work.Ends.Count - 1; i >= 0; i--)
        {
            var (_, start, id) = work.Ways[work.Ends[i] - settled];
            // Hugging Face's tokenizers know unknown characters by the unknown token's id.
            if (id == UnigramScratch.Way.Unknown || (_options.LooksUnknownUp && id == _options.UnknownId))
            {
                sink.AddUnknown(start, work.Ends[i]);
                continue;
            }
            FlushUnknown(ref sink);
            sink.Add(id, start, work.Ends[i]);
        }
    }

    /// <summary>Unknown characters side by side are one unknown token, or each the tokens of its bytes.</summary>
    private void FlushUnknown(ref UnigramSink sink)
    {
        if (sink.TakeUnknown() is not { } run)
            return;
        if (_options.LooksUnknownUp && _vocabulary.TryGetValue(sink.Text(run), out var whole))
            sink.Add(whole, run.Start, run.End);
        else if (_byteIds is not null)
            sink.AddBytes(run, _byteIds, eachCharacter: !_options.LooksUnknownUp);
        else
            sink.Add(_options.UnknownId ?? throw NoUnknown(sink.Text(run)), run.Start, run.End);
    }

    private static InvalidOperationException NoUnknown(string text) =>
        new($"No piece of the tokenizer's vocabulary stands for '{text}', and its file names no token for what is unknown (unk_id).");

    private static int CharacterLength(byte first) => first switch { < 0x80 => 1, < 0xE0 => 2, < 0xF0 => 3, _ => 4 };
}
