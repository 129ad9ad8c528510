using System.Net.Http;
using PeftLabs.Formats;

namespace PeftLabs.Hub;

/// <summary>Brings a model into the cache: asks what it has, downloads what is needed and missing, links it, and notes the commit.</summary>
internal sealed class HubPull
{
    // No list of files is longer; an answer that is, is none.
    private const int LongestList = 64 << 20;

    private readonly HubModelName _model;
    private readonly HubOptions _options;
    private readonly PullTracker _tracker;
    private readonly HubCache _cache;
    private readonly Patience _patience;

    public HubPull(HubModelName model, HubOptions options, IProgress<HubProgress>? progress)
    {
        (_model, _options) = (model, options);
        _tracker = new(progress);
        _cache = new(options.CacheFolder, model);
        _patience = new(options, _tracker.Notice);
    }

    public async Task<HubSnapshot> RunAsync(CancellationToken cancellation)
    {
        if (_options.Offline)
        {
            var (cached, reason) = CachedModel.Find(_cache);
            return cached ?? throw new HubException(
                HubFailure.NotCached, $"Offline, and {reason}. Where there is a network, ./lab pull {_model} gets it.");
        }
        try
        {
            return await PullAsync(cancellation);
        }
        catch (IOException e) when (DiskSpace.IsFull(e))
        {
            throw new HubException(HubFailure.DiskFull, $"{_model}: the disk of {_cache.Folder} is full. What has arrived is kept: make room, "
                + "and the same pull goes on from there; or set HF_HOME to a folder on a larger disk.", e);
        }
    }

    private async Task<HubSnapshot> PullAsync(CancellationToken cancellation)
    {
        using var connection = new HubConnection(_model, _options);
        var listing = await ListAsync(connection, cancellation);
        _cache.Create();
        var download = new BlobDownload(connection, _cache, _patience, _tracker, _options);
        var files = await FetchAsync(connection, download, listing, cancellation);
        // Links come last, and the configuration's the last of them: a snapshot that can be seen is complete.
        foreach (var file in files.OrderBy(file => file.Name is "config.json" or "adapter_config.json"))
            _cache.Link(file, listing.Commit);
        _cache.Refer(listing.Commit);
        return new HubSnapshot
        {
            Model = _model.Id,
            Commit = listing.Commit,
            Folder = _cache.Snapshot(listing.Commit),
            Files = [.. files.Select(file => file.Name).Order(StringComparer.Ordinal)],
            Bytes = files.Sum(file => file.Size),
            DownloadedBytes = _tracker.Downloaded,
        };
    }

    private async Task<HubListing> ListAsync(HubConnection connection, CancellationToken cancellation)
    {
        try
        {
            return await _patience.RunAsync($"{_model}", () => ListOnceAsync(connection, cancellation), () => 0, cancellation);
        }
        catch (HubException e) when (e.Failure is HubFailure.Unreachable or HubFailure.Stalled or HubFailure.ServerError)
        {
            var hint = CachedModel.Find(_cache).Snapshot is { } cached
                ? $"The cache has {_model} at commit {cached.Commit}; --offline answers with that."
                : "Look at the network, and at HF_ENDPOINT if it is set.";
            throw new HubException(e.Failure, $"{e.Message} {hint}", e);
        }
    }

    private async Task<HubListing> ListOnceAsync(HubConnection connection, CancellationToken cancellation)
    {
        using var response = await connection.SendAsync(connection.ListRequest(), cancellation);
        using var reader = new SteadyReader(await response.Content.ReadAsStreamAsync(cancellation), _options, cancellation);
        var (json, buffer) = (new MemoryStream(), new byte[1 << 16]);
        for (int read; (read = await reader.ReadAsync(buffer)) > 0;)
        {
            json.Write(buffer, 0, read);
            if (json.Length > LongestList)
                throw new HubException(HubFailure.BadAnswer, $"{_model}: the hub's list of files does not end.");
        }
        return HubListing.Parse(json.ToArray(), $"{_model}");
    }

    private async Task<IReadOnlyList<HubFile>> FetchAsync(
        HubConnection connection, BlobDownload download, HubListing listing, CancellationToken cancellation)
    {
        var index = NeededFiles.IsSharded(listing) ? await IndexAsync(connection, download, listing, cancellation) : null;
        var shards = index is null ? null : ShardNames(index, listing.Commit);
        var files = new List<HubFile>();
        foreach (var file in NeededFiles.Of(listing, shards, _model))
            files.Add(file.Name == index?.Name ? index : await DescribeAsync(connection, file, listing.Commit, cancellation));
        // The largest first, so that none of them is left alone at the end; files of one content are one download.
        var contents = files.DistinctBy(file => file.Hash).OrderByDescending(file => file.Size).ToList();
        _tracker.Expect(contents);
        DiskSpace.Require(_cache.Repository, contents.Sum(file => _cache.Missing(file, listing.Commit)));
        var parallel = new ParallelOptions { MaxDegreeOfParallelism = _options.ParallelDownloads, CancellationToken = cancellation };
        await Parallel.ForEachAsync(contents.Where(file => file.Hash != index?.Hash), parallel,
            async (file, token) => await download.FetchAsync(file, listing.Commit, token));
        return files;
    }

    private async Task<HubFile> IndexAsync(HubConnection connection, BlobDownload download, HubListing listing, CancellationToken cancellation)
    {
        // Refuses what is no model before anything is downloaded.
        var listed = NeededFiles.Of(listing, null, _model).Single(file => file.Name == CheckpointIndex.FileName);
        var index = await DescribeAsync(connection, listed, listing.Commit, cancellation);
        await download.FetchAsync(index, listing.Commit, cancellation);
        return index;
    }

    private IReadOnlyCollection<string> ShardNames(HubFile index, string commit)
    {
        var path = _cache.Content(index, commit) ?? throw new FileNotFoundException(
            $"{index.Name} is no longer in the cache {_cache.Repository}: something removed it during the pull.", _cache.Blob(index.Hash));
        try
        {
            return CheckpointIndex.ShardNames(path);
        }
        catch (SafeTensorsException e)
        {
            // A blob's name tells nobody which file is wrong.
            var problem = e.Message.Replace(e.File, index.Name, StringComparison.Ordinal);
            throw new HubException(HubFailure.NoSafeWeights, $"{_model} cannot be read, so its weights were not pulled: {problem}", e);
        }
    }

    // Mirrors of the hub may list names alone; then the file's own headers tell size and hash.
    private async Task<HubFile> DescribeAsync(HubConnection connection, ListedFile file, string commit, CancellationToken cancellation)
    {
        if (file is { Size: { } size, Hash: { } hash })
            return new(file.Name, size, hash);
        var request = connection.FileRequest(file.Name, commit) with { Method = HttpMethod.Head, StaysOnHub = true };
        return await _patience.RunAsync(file.Name, async () =>
        {
            using var response = await connection.SendAsync(request, cancellation);
            return FileHeaders.Read(file.Name, response);
        }, () => 0, cancellation);
    }
}
