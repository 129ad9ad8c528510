using System.Buffers;
using System.Globalization;
using System.Text;

namespace PeftLabs.Tokenization;

/// <summary>Characters of <see cref="ByteAlphabet"/> back to bytes, and these to text; what is no UTF-8 becomes U+FFFD.</summary>
internal sealed class ByteLevelStage(DecoderStage next) : WholeTokenStage(next)
{
    private byte[] _bytes = new byte[256];
    private char[] _text = new char[256];
    private int _held;
    private bool _started;

    protected override bool Holds => base.Holds || _held > 0;

    public override void Finish()
    {
        Hand(_held, held: 0);
        Next.Push("", !_started, ends: true);
        base.Finish();
    }

    protected override void Token(ReadOnlySpan<char> token)
    {
        if (_bytes.Length < _held + token.Length * 3)
        {
            Array.Resize(ref _bytes, _held + token.Length * 3);
            _text = new char[_bytes.Length];
        }
        var count = _held + Bytes(token, _bytes.AsSpan(_held));
        // An incomplete character waits for the bytes that follow.
        var isPartial = Rune.DecodeLastFromUtf8(_bytes.AsSpan(0, count), out _, out var length) == OperationStatus.NeedMoreData;
        Hand(count, isPartial && count > 0 ? length : 0);
    }

    private static int Bytes(ReadOnlySpan<char> token, Span<byte> bytes)
    {
        for (var i = 0; i < token.Length; i++)
        {
            if (ByteAlphabet.ToByte(token[i]) is var value && value < 0)
                return Encoding.UTF8.GetBytes(token, bytes);
            bytes[i] = (byte)value;
        }
        return token.Length;
    }

    private void Hand(int count, int held)
    {
        var length = Encoding.UTF8.GetChars(_bytes.AsSpan(0, count - held), _text);
        _bytes.AsSpan(count - held, held).CopyTo(_bytes);
        _held = held;
        if (length == 0)
            return;
        Next.Push(_text.AsSpan(0, length), !_started, ends: false);
        _started = true;
    }
}

/// <summary>
/// Tokens &lt;0x00&gt; to &lt;0xFF&gt; back to text. A run of them that is no UTF-8 becomes U+FFFD for each of its bytes.
/// </summary>
/// <param name="next">The stage that takes the text.</param>
/// <param name="eager">
/// Hand on each character as soon as its bytes are there, without waiting for the run's end. A run that turns out to be no UTF-8 then
/// keeps the characters that had been complete.
/// </param>
internal sealed class ByteFallbackStage(DecoderStage next, bool eager) : WholeTokenStage(next)
{
    private static readonly UTF8Encoding _strict = new(false, throwOnInvalidBytes: true);

    private readonly List<byte> _run = [];

    protected override bool Holds => base.Holds || _run.Count > 0;

    public static int ByteOf(ReadOnlySpan<char> token) =>
        token.Length == 6 && token.StartsWith("<0x") && token[5] == '>'
        && byte.TryParse(token[3..5], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var value) ? value : -1;

    public override void Finish()
    {
        EndRun();
        base.Finish();
    }

    protected override void Token(ReadOnlySpan<char> token)
    {
        if (ByteOf(token) is var value and >= 0)
        {
            _run.Add((byte)value);
            if (eager)
                HandCompleteCharacters();
            return;
        }
        EndRun();
        Next.Push(token, starts: true, ends: true);
    }

    private void HandCompleteCharacters()
    {
        while (_run.Count > 0 && Rune.DecodeFromUtf8(_run.ToArray(), out var rune, out var length) is var status
            && status != OperationStatus.NeedMoreData)
        {
            _run.RemoveRange(0, length);
            Next.Push(status == OperationStatus.Done ? rune.ToString() : new string('\uFFFD', length), starts: true, ends: true);
        }
    }

    private void EndRun()
    {
        if (_run.Count == 0)
            return;
        string text;
        try
        {
            text = _strict.GetString(_run.ToArray());
        }
        catch (DecoderFallbackException)
        {
            text = new('\uFFFD', _run.Count);
        }
        _run.Clear();
        Next.Push(text, starts: true, ends: true);
    }
}
