using System.Text;
using FsCheck;
using FsCheck.Xunit;
using PeftLabs.Tokenization;

namespace PeftLabs.Tests.Tokenization;

public class UnigramModelTests
{
    private const int Unknown = 0;

    [Property(MaxTest = 300)]
    public void No_segmentation_scores_higher_than_the_one_found(byte[] letters, byte[][] pieces, byte[] scores)
    {
        var text = Text(letters.Take(10));
        var vocabulary = new Dictionary<string, int> { ["?"] = Unknown };
        foreach (var piece in pieces.Select(piece => Text(piece.Take(4))).Where(piece => piece.Length > 0))
            vocabulary.TryAdd(piece, vocabulary.Count);
        double Score(int id) => -0.5 - scores.ElementAtOrDefault(id) / 16.0;
        var least = vocabulary.Values.Min(Score);
        var model = new UnigramModel(
            vocabulary, [.. vocabulary.Select(entry => (entry.Value, new UnigramPiece(entry.Key, Score(entry.Value))))], least,
            new() { UnknownId = Unknown });
        var output = new TokenBuffer(tracked: true);
        model.Encode(new(new(text, 0, Tracked: true), 0, text.Length), output, new());
        var found = output.Ids.ToArray().Zip(output.Ranges).Sum(token => token.First == Unknown
            ? (least - 10) * (token.Second.End - token.Second.Start) : Score(token.First));
        Assert.Equal(text, string.Concat(output.Ranges.Select(range => text[range.Start..range.End])));
        Assert.Equal(Best(text), found, 1e-9);

        double Best(string rest) => rest == "" ? 0 : vocabulary.Where(entry => rest.StartsWith(entry.Key, StringComparison.Ordinal))
            .Select(entry => Score(entry.Value) + Best(rest[entry.Key.Length..]))
            .Append(vocabulary.ContainsKey(rest[..1]) ? double.NegativeInfinity : least - 10 + Best(rest[1..])).Max();
    }

    [Property(MaxTest = 200)]
    public void A_trie_finds_what_was_put_in_and_nothing_else(byte[][] pieces, byte[][] others)
    {
        var numbers = new Dictionary<string, int>();
        foreach (var (number, piece) in pieces.Where(piece => piece.Length > 0).Index())
            numbers[Convert.ToHexString(piece)] = number;
        var trie = PieceTrie.Build(pieces.Where(piece => piece.Length > 0).Index().Select(piece => (piece.Item, piece.Index)));
        foreach (var piece in pieces.Concat(others).Concat(pieces.Select(piece => (byte[])[.. piece, 0])))
            Assert.Equal(numbers.GetValueOrDefault(Convert.ToHexString(piece), -1), Number(trie, piece));
    }

    [Fact]
    public void A_trie_of_many_pieces_holds_each_of_them()
    {
        byte[][] pieces = [.. Enumerable.Range(0, 20_000).Select(i => Encoding.UTF8.GetBytes($"{i * 7919 % 20_000:x}é{i % 37}"))];
        var trie = PieceTrie.Build(pieces.Index().Select(piece => (piece.Item, piece.Index)));
        foreach (var (index, piece) in pieces.Index())
        {
            Assert.Equal(index, Number(trie, piece));
            Assert.Equal(-1, Number(trie, [.. piece, (byte)'x']));
        }
    }

    private static int Number(PieceTrie trie, byte[] piece)
    {
        var node = PieceTrie.Root;
        foreach (var value in piece)
            if ((node = trie.Next(node, value)) == PieceTrie.None)
                return -1;
        return trie.Number(node);
    }

    // Few letters, so that pieces are found; one of them has two bytes.
    private static string Text(IEnumerable<byte> letters) => string.Concat(letters.Select(letter => "aabcé"[letter % 5]));
}
