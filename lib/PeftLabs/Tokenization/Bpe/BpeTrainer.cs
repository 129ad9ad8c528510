using System.Text;
using System.Text.RegularExpressions;

namespace PeftLabs.Tokenization;

/// <summary>
/// Learns a byte-level BPE vocabulary from text (arXiv 1508.07909, on GPT-2's bytes): starting from single bytes, the pair that occurs
/// most often within words becomes a token, again and again. Ties go to the pair that sorts first, so a text always gives the same.
/// </summary>
public sealed partial class BpeTrainer
{
    private readonly Dictionary<string, long> _words = [];

    /// <summary>Counts the words of a text.</summary>
    public void Add(string text)
    {
        foreach (Match word in Words().Matches(text))
        {
            var symbols = string.Create(Encoding.UTF8.GetByteCount(word.Value), word.Value, (span, value) =>
            {
                foreach (var (index, b) in Encoding.UTF8.GetBytes(value).Index())
                    span[index] = ByteAlphabet.ToCharacter(b);
            });
            _words[symbols] = _words.GetValueOrDefault(symbols) + 1;
        }
    }

    /// <summary>The merges, best first, that bring 256 bytes to <paramref name="vocabularySize"/> tokens, fewer where the words run out.</summary>
    public IReadOnlyList<(string Left, string Right)> Train(int vocabularySize)
    {
        var words = _words.OrderBy(w => w.Key, StringComparer.Ordinal)
            .Select(w => (Symbols: w.Key.Select(c => c.ToString()).ToList(), Count: w.Value)).ToList();
        var pairs = new Dictionary<(string, string), long>();
        var places = new Dictionary<(string, string), HashSet<int>>();
        for (var i = 0; i < words.Count; i++)
            Count(i, 1);
        var merges = new List<(string Left, string Right)>();
        while (merges.Count < vocabularySize - 256 && Best() is { } best)
        {
            merges.Add(best);
            foreach (var word in places[best].ToArray())
            {
                Count(word, -1);
                Merge(words[word].Symbols, best);
                Count(word, 1);
            }
        }
        return merges;

        (string, string)? Best()
        {
            var (found, most) = (default((string, string)?), 1L);
            foreach (var (pair, count) in pairs)
            {
                if (count > most || (count == most && found is { } other && Compare(pair, other) < 0))
                    (found, most) = (pair, count);
            }
            return found;
        }

        void Count(int word, int sign)
        {
            var (symbols, count) = words[word];
            foreach (var pair in symbols.Zip(symbols.Skip(1)))
            {
                pairs[pair] = pairs.GetValueOrDefault(pair) + sign * count;
                if (!places.TryGetValue(pair, out var at))
                    places[pair] = at = [];
                at.Add(word);
            }
        }
    }

    private static int Compare((string Left, string Right) a, (string Left, string Right) b) =>
        string.CompareOrdinal(a.Left, b.Left) is var left && left != 0 ? left : string.CompareOrdinal(a.Right, b.Right);

    private static void Merge(List<string> symbols, (string Left, string Right) pair)
    {
        for (var i = 0; i + 1 < symbols.Count; i++)
        {
            if (symbols[i] != pair.Left || symbols[i + 1] != pair.Right)
                continue;
            symbols[i] = pair.Left + pair.Right;
            symbols.RemoveAt(i + 1);
        }
    }

    // How GPT-2 cuts text into words: what tokenizer.json's ByteLevel pre-tokenizer does.
    [GeneratedRegex(@"'(?:[sdmt]|ll|ve|re)| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+")]
    private static partial Regex Words();
}
