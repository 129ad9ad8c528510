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
        var text = piece.Span;
        var builder = new AlignedTextBuilder(piece);
        List<int> points = [];
        var copied = 0;
        for (int start = 0, end; (start = NextAffected(text, start)) < text.Length; start = end)
        {
            end = SegmentEnd(text, start);
            var normalized = Normalize(text[start..end], points);
            if (text[start..end].SequenceEqual(normalized))
                continue;
            builder.Copy(copied, start - copied);
            builder.Replace(start, end - start, normalized);
            copied = end;
        }
        if (!builder.Changed)
            return piece;
        builder.Copy(copied, text.Length - copied);
        return builder.Build();
    }

    /// <summary>The next character that may change, or the one before it, with which it may combine.</summary>
    private int NextAffected(ReadOnlySpan<char> text, int start)
    {
        var next = text[start..].IndexOfAnyInRange(_firstAffected, '\uFFFF');
        return next < 0 ? text.Length : start + Math.Max(0, next - 1);
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

    private string Normalize(ReadOnlySpan<char> segment, List<int> points)
    {
        points.Clear();
        foreach (var rune in segment.EnumerateRunes())
            UnicodeData.Decompose(rune.Value, _compatible, points);
        Order(points);
        if (_compose)
            Compose(points);
        var text = new StringBuilder(points.Count);
        foreach (var point in points)
            text.Append(new Rune(point));
        return text.ToString();
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
