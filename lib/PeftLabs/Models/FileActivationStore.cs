using Microsoft.Win32.SafeHandles;
using PeftLabs.Formats;
using PeftLabs.Quantization;
using TorchSharp;
using static TorchSharp.torch;

namespace PeftLabs.Models;

/// <summary>
/// Activations that wait in a temporary file, which goes with the process. They are written behind the computation, and read one part
/// ahead of their use; at most two are in memory. Pages of the file are the operating system's, and are not counted as the process's own.
/// </summary>
internal sealed class FileActivationStore : ActivationStore
{
    private const int Unwritten = 2;

    private readonly string _path = Path.Combine(ScratchFolder.Path, $"peftlabs-activations-{Guid.NewGuid():N}");
    private readonly SafeFileHandle _file;
    private readonly Dictionary<int, Entry> _entries = [];
    private readonly Queue<(Task Written, Tensor Tensor)> _writing = [];
    private long _end;

    public FileActivationStore(ActivationType type)
        : base(type) =>
        _file = File.OpenHandle(_path, FileMode.CreateNew, FileAccess.ReadWrite, FileShare.None, FileOptions.DeleteOnClose);

    /// <inheritdoc/>
    public override void Dispose()
    {
        base.Dispose();
        _file.Dispose();
    }

    private protected override void Put(int index, Tensor packed)
    {
        Settle(Unwritten - 1);
        if (_entries.Count == 0)
            _end = 0;
        var host = packed.cpu().contiguous().DetachFromDisposeScope();
        var entry = new Entry(_end, packed.shape, packed.dtype, packed.device);
        _end += host.numel() * host.element_size();
        _writing.Enqueue((Task.Run(() => Write(host, entry.Offset)), host));
        _entries.Add(index, entry);
    }

    private protected override Tensor Fetch(int index)
    {
        Settle(0);
        Read(index);
        Read(index - 1);
        _entries.Remove(index, out var entry);
        using var host = entry!.Host!;
        entry.Reading!.GetAwaiter().GetResult();
        return host.to(entry.Device, copy: false).alias();
    }

    private protected override void Forget()
    {
        // What is still being written or read is waited for, so that no task touches a tensor that is gone.
        while (_writing.TryDequeue(out var write))
        {
            Task.WhenAny(write.Written).Wait();
            write.Tensor.Dispose();
        }
        foreach (var entry in _entries.Values.Where(e => e.Host is not null))
        {
            Task.WhenAny(entry.Reading!).Wait();
            entry.Host!.Dispose();
        }
        _entries.Clear();
        _end = 0;
    }

    // Waits until so many writes are left; a failed one is the caller's to know.
    private void Settle(int left)
    {
        while (_writing.Count > left)
        {
            var (written, tensor) = _writing.Peek();
            written.GetAwaiter().GetResult();
            _writing.Dequeue();
            tensor.Dispose();
        }
    }

    private void Read(int index)
    {
        if (!_entries.TryGetValue(index, out var entry) || entry.Reading is not null)
            return;
        var host = empty(entry.Shape, dtype: entry.Type, device: CPU).DetachFromDisposeScope();
        entry.Host = host;
        entry.Reading = Task.Run(() => Fill(host, entry.Offset));
    }

    private void Write(Tensor host, long offset)
    {
        try
        {
            RandomAccess.Write(_file, host.bytes, offset);
        }
        catch (IOException e)
        {
            throw new IOException($"{_path}: {host.bytes.Length} bytes of activations cannot be written at byte {offset}: {e.Message}", e);
        }
    }

    private void Fill(Tensor host, long offset)
    {
        var bytes = host.bytes;
        var done = 0;
        while (done < bytes.Length)
        {
            var read = RandomAccess.Read(_file, bytes[done..], offset + done);
            done += read > 0 ? read : throw new EndOfStreamException(
                $"{_path}: activations end at byte {offset + done}, {bytes.Length - done} bytes early; was the file cut?");
        }
    }

    private sealed record Entry(long Offset, long[] Shape, ScalarType Type, Device Device)
    {
        public Tensor? Host { get; set; }

        public Task? Reading { get; set; }
    }
}
