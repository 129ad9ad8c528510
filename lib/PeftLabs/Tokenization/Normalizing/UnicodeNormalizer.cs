using System.Text;

namespace PeftLabs.Tokenization;

/// <summary>
/// The normalization forms of Unicode (UAX #15). .NET's own depend on ICU, which a machine may lack, and do nothing in invariant mode.
/// </summary>
internal sealed class UnicodeNormalizer(NormalizationForm form) : TextNormalizer
{
    private readonly bool _compose = form is NormalizationForm.FormC or NormalizationForm.FormKC;
    private readonly bool _compatible = form is NormalizationForm.FormKC or NormalizationForm.FormKD;

    /// <summary>Below it no character changes: the first with a decomposition, or the first mark.</summary>
    private readonly char _firstAffected = form switch
    {
        NormalizationForm.FormC => '\u0300',
        NormalizationForm.FormD => '\u00C0',
        _ => '\u00A0',
    };

    public override TextPiece Normalize(TextPiece piece)
    {
        if (piece.Span.IndexOfAnyInRange(_firstAffected, '\uFFFF') < 0)
            return piece;
        var builder = new AlignedTextBuilder(piece);
        List<int> points = [];
        for (int start = 0, end; start < piece.Length; start = end)
        {
            end = SegmentEnd(piece.Span, start);
            points.Clear();
            foreach (var rune in piece.Span[start..end].EnumerateRunes())
                UnicodeData.Decompose(rune.Value, _compatible, points);
            Order(points);
            if (_compose)
                Compose(points);
            Emit(builder, piece.Span, start, end, points);
        }
        return builder.Build();
    }

    /// <summary>A segment runs to the next character that neither reorders nor combines with what comes before it.</summary>
    private int SegmentEnd(ReadOnlySpan<char> text, int start)
    {
        var end = start;
        foreach (var rune in text[start..].EnumerateRunes())
        {
            if (end > start && (rune.Value < 0x300 || UnicodeData.StartsSegment(rune.Value, _compatible)))
                break;
            end += rune.Utf16SequenceLength;
        }
        return end;
    }

    private static void Emit(AlignedTextBuilder builder, ReadOnlySpan<char> text, int start, int end, List<int> points)
    {
        Span<char> units = points.Count <= 64 ? stackalloc char[128] : new char[points.Count * 2];
        var length = 0;
        foreach (var point in points)
            length += new Rune(point).EncodeToUtf16(units[length..]);
        if (text[start..end].SequenceEqual(units[..length]))
            builder.Copy(start, end - start);
        else
            builder.Replace(start, end - start, units[..length]);
    }

    /// <summary>Sorts each run of marks by combining class, keeping the order of equals.</summary>
    private static void Order(List<int> points)
    {
        for (var i = 1; i < points.Count; i++)
        {
            var (point, mark) = (points[i], UnicodeData.CombiningClass(points[i]));
            var j = i;
            for (; mark > 0 && j > 0 && UnicodeData.CombiningClass(points[j - 1]) > mark; j--)
                points[j] = points[j - 1];
            points[j] = point;
        }
    }

    private static void Compose(List<int> points)
    {
        var (starter, lastClass, kept) = (-1, 0, 0);
        foreach (var point in points.ToArray())
        {
            var mark = UnicodeData.CombiningClass(point);
            var blocked = kept > starter + 1 && (lastClass == 0 || lastClass >= mark);
            if (starter >= 0 && !blocked && UnicodeData.Compose(points[starter], point) is var composed and > 0)
            {
                points[starter] = composed;
                continue;
            }
            if (mark == 0)
                starter = kept;
            lastClass = mark;
            points[kept++] = point;
        }
        points.RemoveRange(kept, points.Count - kept);
    }
}
