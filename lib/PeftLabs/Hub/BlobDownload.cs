using System.Net;
using System.Net.Http;
using Microsoft.Win32.SafeHandles;
using PeftLabs.Memory;

namespace PeftLabs.Hub;

/// <summary>
/// Brings one content into the cache: under its lock, from where an earlier download ended, and under its name only once what lies on
/// disk has the hash that the hub promises.
/// </summary>
internal sealed class BlobDownload(HubConnection connection, HubCache cache, Patience patience, PullTracker tracker, HubOptions options)
{
    private const int BufferBytes = 1 << 17;

    /// <summary>Downloads the file unless the cache has it.</summary>
    /// <exception cref="HubException">It cannot be had, or has a wrong hash twice.</exception>
    public async Task FetchAsync(HubFile file, string commit, CancellationToken cancellation)
    {
        if (cache.Content(file, commit) is not null)
        {
            tracker.Adjust(file.Size);
            tracker.FileDone();
            return;
        }
        using var held = await FileLock.AcquireAsync(
            cache.Lock(file.Hash), () => tracker.Notice($"{file.Name}: another pull is downloading it; waiting for that one"), cancellation);
        // Another pull may have brought it meanwhile.
        if (cache.Content(file, commit) is not null)
            tracker.Adjust(file.Size);
        else
            await DownloadAsync(file, commit, cancellation);
        tracker.FileDone();
    }

    private async Task DownloadAsync(HubFile file, string commit, CancellationToken cancellation)
    {
        var path = cache.Partial(file.Hash);
        using (var partial = File.OpenHandle(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.Read | FileShare.Delete))
        {
            tracker.Adjust(Kept(partial, file));
            await CompleteAsync(partial, file, commit, cancellation);
            // A name in the cache is a promise that must outlive a power cut.
            RandomAccess.FlushToDisk(partial);
        }
        cache.Place(file);
    }

    private async Task CompleteAsync(SafeFileHandle partial, HubFile file, string commit, CancellationToken cancellation)
    {
        for (var tries = 1; ; tries++)
        {
            await patience.RunAsync(
                file.Name, () => ReceiveAsync(partial, file, commit, cancellation), () => RandomAccess.GetLength(partial), cancellation);
            // What is checked is what lies on disk, whoever wrote it there.
            var hash = await BlobHash.OfAsync(partial, file, cancellation);
            if (hash == file.Hash)
                return;
            Discard(partial);
            if (tries == 2)
            {
                File.Delete(cache.Partial(file.Hash));
                throw new HubException(HubFailure.WrongHash, $"{file.Name}: its content has the hash {hash}, but the hub promises {file.Hash}; "
                    + "so it was twice, and nothing of it is kept. The hub, or something between it and here, sends a wrong file.");
            }
            tracker.Notice($"{file.Name}: its content has a wrong hash; it is thrown away and downloaded once more");
        }
    }

    private async Task<long> ReceiveAsync(SafeFileHandle partial, HubFile file, string commit, CancellationToken cancellation)
    {
        var kept = Kept(partial, file);
        if (kept == file.Size)
            return kept;
        var request = connection.FileRequest(file.Name, commit) with { From = kept };
        using var response = await connection.SendAsync(request, cancellation);
        var position = Start(response, partial, file, kept);
        using var reader = new SteadyReader(await response.Content.ReadAsStreamAsync(cancellation), options, cancellation);
        var buffer = new byte[BufferBytes];
        while (position < file.Size)
        {
            var read = await reader.ReadAsync(buffer);
            if (read == 0)
                throw new TransientException(HubFailure.Unreachable, $"the answer ended after {position} of {file.Size} bytes");
            var wanted = (int)Math.Min(read, file.Size - position);
            RandomAccess.Write(partial, buffer.AsSpan(0, wanted), position);
            position += wanted;
            tracker.Received(wanted);
        }
        return position;
    }

    // The byte with which the answer's content begins: the one that was asked for, or the first of a server that sends no parts.
    private long Start(HttpResponseMessage response, SafeFileHandle partial, HubFile file, long kept)
    {
        if (response.StatusCode == HttpStatusCode.PartialContent)
        {
            if (response.Content.Headers.ContentRange is { } range && range.From == kept && (range.Length ?? file.Size) == file.Size)
                return kept;
            Discard(partial);
            throw new TransientException(HubFailure.BadAnswer, "the server sends another part than the one asked for");
        }
        if (response.StatusCode == HttpStatusCode.RequestedRangeNotSatisfiable)
        {
            Discard(partial);
            throw new TransientException(HubFailure.BadAnswer, $"the server has no bytes after the first {ByteSize.Format(kept)}");
        }
        // What has arrived is not given up for a page of some proxy.
        if (response.Content.Headers.ContentLength is { } length && length != file.Size)
            throw new TransientException(HubFailure.BadAnswer, $"the server sends {length} bytes instead of {file.Size}");
        Discard(partial);
        return 0;
    }

    // A partial that is longer than the file is not of this file.
    private static long Kept(SafeFileHandle partial, HubFile file)
    {
        var length = RandomAccess.GetLength(partial);
        if (length <= file.Size)
            return length;
        RandomAccess.SetLength(partial, 0);
        return 0;
    }

    private void Discard(SafeFileHandle partial)
    {
        tracker.Adjust(-RandomAccess.GetLength(partial));
        RandomAccess.SetLength(partial, 0);
    }
}
