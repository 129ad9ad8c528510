using System.Text;

namespace PeftLabs.Tokenization;

/// <summary>A piece of text as UTF-8, and the best segmentations of its beginnings. Of one thread at a time.</summary>
internal sealed class UnigramScratch
{
    private const int KeptBytes = 1 << 20;

    private byte[] _bytes = new byte[1024];

    /// <summary>For each end in the stretch that is open, the best way there.</summary>
    public Way[] Ways { get; private set; } = new Way[256];

    /// <summary>The ends of the tokens of a stretch, last first.</summary>
    public List<int> Ends { get; } = [];

    public ReadOnlySpan<byte> Load(ReadOnlySpan<char> text)
    {
        if (_bytes.Length < text.Length * 3L)
            _bytes = new byte[Math.Max(Encoding.UTF8.GetByteCount(text), _bytes.Length)];
        return _bytes.AsSpan(0, Encoding.UTF8.GetBytes(text, _bytes));
    }

    public void Reserve(int ways)
    {
        if (Ways.Length < ways)
        {
            var grown = Ways;
            Array.Resize(ref grown, Math.Max(ways, grown.Length * 2));
            Ways = grown;
        }
    }

    /// <summary>Lets go of what only a very long text needed.</summary>
    public void Trim()
    {
        if (_bytes.Length > KeptBytes)
            _bytes = new byte[1024];
    }

    /// <summary>The best segmentation that ends at some byte, by its last token.</summary>
    /// <param name="Score">Its score.</param>
    /// <param name="Start">Where its last token begins; -1 where no token ends here.</param>
    /// <param name="Id">That token, or <see cref="Unknown"/>.</param>
    internal record struct Way(double Score, int Start, int Id)
    {
        public const int Unknown = -1;
    }
}
