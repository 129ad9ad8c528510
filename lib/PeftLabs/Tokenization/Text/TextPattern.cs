using System.Text.RegularExpressions;

namespace PeftLabs.Tokenization;

/// <summary>
/// What a part looks for in a text: a regular expression in Oniguruma's syntax, or a plain string. .NET's expressions see UTF-16 code
/// units; where a text has characters beyond U+FFFF they see a projection of it with one unit a character (<see cref="Projection"/>).
/// </summary>
internal sealed class TextPattern
{
    private readonly Regex _regex;
    private readonly bool _isLiteral;

    private TextPattern(Regex regex, bool isLiteral) => (_regex, _isLiteral) = (regex, isLiteral);

    public static TextPattern Literal(string text) =>
        new(new(Regex.Escape(text), RegexOptions.CultureInvariant | RegexOptions.Compiled), isLiteral: true);

    /// <exception cref="NotSupportedException">
    /// The expression uses what .NET cannot be made to match alike; the message names it.
    /// </exception>
    public static TextPattern Oniguruma(string expression) =>
        new(new(new OnigurumaTranslator(expression).Translate(), RegexOptions.CultureInvariant | RegexOptions.Compiled), isLiteral: false);

    public Matches Find(ReadOnlySpan<char> text)
    {
        if (_isLiteral || text.IndexOfAnyInRange('\uD800', '\uDFFF') < 0)
            return new(_regex.EnumerateMatches(text), null);
        var (projected, positions) = Projection.Of(text);
        return new(_regex.EnumerateMatches(projected), positions);
    }

    /// <summary>The matches from left to right, in UTF-16 code units of the text.</summary>
    public ref struct Matches(Regex.ValueMatchEnumerator matches, int[]? positions)
    {
        private Regex.ValueMatchEnumerator _matches = matches;

        public int Start { get; private set; }

        public int Length { get; private set; }

        public bool MoveNext()
        {
            if (!_matches.MoveNext())
                return false;
            var match = _matches.Current;
            Start = positions is null ? match.Index : positions[match.Index];
            Length = positions is null ? match.Length : positions[match.Index + match.Length] - Start;
            return true;
        }
    }
}
