using System.Text.Unicode;

namespace PeftLabs.Training;

/// <summary>The lines of a file as bytes, checked to be UTF-8, with never more than one of them in memory.</summary>
internal sealed class DataLines : IDisposable
{
    private const int LongestLine = 1 << 28, FirstBuffer = 1 << 18;

    private readonly string _path;
    private readonly FileStream _file;
    private byte[] _buffer;
    private int _start, _end;
    private bool _isOver;

    public DataLines(string path, int firstBuffer = FirstBuffer)
    {
        (_path, _buffer) = (path, new byte[firstBuffer]);
        _file = new(path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 0, FileOptions.SequentialScan);
        while (_end < 3 && !_isOver)
            Fill();
        if (_buffer.AsSpan(0, _end).StartsWith<byte>([0xEF, 0xBB, 0xBF]))
            _start = 3; // a byte order mark
    }

    /// <summary>The number of the line that was read last, the first being 1.</summary>
    public long Line { get; private set; }

    /// <summary>Bytes of the file that have been taken.</summary>
    public long Consumed => _file.Position - (_end - _start);

    /// <summary>The next line without its end, valid until the next call; false at the file's end.</summary>
    public bool TryRead(out ReadOnlySpan<byte> line)
    {
        var searched = 0;
        int length;
        while ((length = _buffer.AsSpan(_start + searched, _end - _start - searched).IndexOf((byte)'\n')) < 0 && !_isOver)
        {
            searched = _end - _start;
            Fill();
        }
        length = length < 0 ? _end - _start : length + searched;
        line = _buffer.AsSpan(_start, length);
        var isLast = _start + length == _end;
        if (isLast && length == 0)
            return false;
        Line++;
        _start += isLast ? length : length + 1;
        if (line.EndsWith((byte)'\r'))
            line = line[..^1];
        RefuseNoText(line);
        return true;
    }

    public void Dispose() => _file.Dispose();

    private void Fill()
    {
        if (_start > 0)
        {
            _buffer.AsSpan(_start, _end - _start).CopyTo(_buffer);
            (_start, _end) = (0, _end - _start);
        }
        if (_end == _buffer.Length)
        {
            if (_buffer.Length >= LongestLine)
                throw new InstructionDataException(_path, Line + 1, 1, $"a line of more than {LongestLine >> 20} MiB");
            Array.Resize(ref _buffer, _buffer.Length * 2);
        }
        var read = _file.Read(_buffer.AsSpan(_end));
        _isOver = read == 0;
        _end += read;
    }

    private void RefuseNoText(ReadOnlySpan<byte> line)
    {
        if (Utf8.IsValid(line))
            return;
        var units = new char[line.Length];
        Utf8.ToUtf16(line, units, out var read, out var written, replaceInvalidSequences: false);
        throw new InstructionDataException(_path, Line, written + 1, $"the byte 0x{line[Math.Min(read, line.Length - 1)]:X2} is not UTF-8");
    }
}
