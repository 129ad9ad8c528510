using System.Globalization;

namespace PeftLabs.Tokenization;

/// <summary>
/// Decompositions, compositions and combining classes, read once from UnicodeData.txt beside this file; Hangul by formula.
/// </summary>
internal static class UnicodeData
{
    private const int HangulS = 0xAC00, HangulL = 0x1100, HangulV = 0x1161, HangulT = 0x11A7, Vs = 21, Ts = 28, Ss = 19 * Vs * Ts;

    private static readonly Dictionary<int, (int[] Points, bool Compatible)> _decompositions = [];
    private static readonly Dictionary<int, byte> _classes = [];
    private static readonly Dictionary<(int, int), int> _compositions = [];

    /// <summary>Characters that may combine with one before them though they are no marks.</summary>
    private static readonly HashSet<int> _seconds = [];

    static UnicodeData()
    {
        using var stream = typeof(UnicodeData).Assembly.GetManifestResourceStream("PeftLabs.Tokenization.UnicodeData.txt")!;
        using var reader = new StreamReader(stream);
        while (reader.ReadLine() is { } line)
            if (!line.StartsWith('#'))
                Read(line.Split(' '));
    }

    /// <summary>The full decomposition of a character, itself where it has none.</summary>
    public static void Decompose(int point, bool compatible, List<int> into)
    {
        var index = point - HangulS;
        if (index is >= 0 and < Ss)
        {
            into.Add(HangulL + index / (Vs * Ts));
            into.Add(HangulV + index % (Vs * Ts) / Ts);
            if (index % Ts > 0)
                into.Add(HangulT + index % Ts);
        }
        else if (_decompositions.TryGetValue(point, out var entry) && (compatible || !entry.Compatible))
            foreach (var part in entry.Points)
                Decompose(part, compatible, into);
        else
            into.Add(point);
    }

    /// <summary>The character that two compose to, or 0.</summary>
    public static int Compose(int first, int second)
    {
        if (first - HangulL is >= 0 and < 19 && second - HangulV is >= 0 and < Vs)
            return HangulS + ((first - HangulL) * Vs + second - HangulV) * Ts;
        if (first - HangulS is >= 0 and < Ss && (first - HangulS) % Ts == 0 && second - HangulT is > 0 and < Ts)
            return first + second - HangulT;
        return _compositions.GetValueOrDefault((first, second));
    }

    public static int CombiningClass(int point) => _classes.GetValueOrDefault(point);

    /// <summary>Whether nothing before a character can reorder with it or combine with it, however it decomposes.</summary>
    public static bool StartsSegment(int point, bool compatible)
    {
        while (_decompositions.TryGetValue(point, out var entry) && (compatible || !entry.Compatible))
            point = entry.Points[0];
        return !_classes.ContainsKey(point) && !_seconds.Contains(point)
            && point - HangulV is not (>= 0 and < Vs) && point - HangulT is not (> 0 and < Ts);
    }

    /// <summary>A line: code point, combining class, then = (composes), ! (does not) or ~ (compatibility), and the decomposition.</summary>
    private static void Read(string[] fields)
    {
        var point = Hex(fields[0]);
        if (fields[1] != "0")
            _classes[point] = byte.Parse(fields[1], CultureInfo.InvariantCulture);
        if (fields.Length == 2)
            return;
        var parts = fields[3..].Select(Hex).ToArray();
        _decompositions[point] = (parts, fields[2] == "~");
        if (fields[2] == "=" && _compositions.TryAdd((parts[0], parts[1]), point))
            _seconds.Add(parts[1]);
    }

    private static int Hex(string digits) => int.Parse(digits, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);
}
