using System.Collections;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using PeftLabs.Formats;
using PeftLabs.Tokenization;

namespace PeftLabs.Training;

/// <summary>
/// The examples of a data file, tokenized once into a file that is mapped into memory: any example is reached without reading the
/// others, and none has to fit into memory. <see cref="BatchPlan"/> takes it as it is. Where a cache of the same content is there, made
/// by the same tokenizer, template and options, nothing is tokenized; one that is damaged is made anew. A data file that has not changed
/// since it was last opened is not read at all (on Linux, which tells that).
/// </summary>
public sealed class InstructionData : IReadOnlyList<TokenizedExample>, IDisposable
{
    // Goes up when the same content would be tokenized otherwise, or the cache's layout changes.
    private const int Version = 2;

    private readonly TokenCache _cache;

    private InstructionData(TokenCache cache, string key, bool wasCached) => (_cache, Key, WasCached) = (cache, key, wasCached);

    /// <summary>SHA-256 of all that the tokens follow from, in hexadecimal digits: the file's content, tokenizer, template, and options.</summary>
    public string Key { get; }

    /// <summary>Whether the cache was there and whole.</summary>
    public bool WasCached { get; }

    /// <summary>The cache's file.</summary>
    public string CachePath => _cache.Path;

    /// <summary>Examples.</summary>
    public int Count => _cache.Count;

    /// <summary>Tokens of all examples.</summary>
    public long Tokens => _cache.Tokens;

    /// <summary>An example, which reads from the file and so must not outlive this.</summary>
    public TokenizedExample this[int index] => _cache[index];

    /// <summary>Opens a data file's examples, and makes the cache where there is none.</summary>
    /// <param name="path">JSON Lines or CSV (<see cref="InstructionFile"/>).</param>
    /// <param name="tokenizer">The model's tokenizer.</param>
    /// <param name="template">The model's chat template, which conversations need.</param>
    /// <param name="options">How records become tokens; null for the defaults.</param>
    /// <param name="cacheFolder">Where the caches are; null for peftlabs/tokens in the user's cache folder (XDG_CACHE_HOME).</param>
    /// <param name="progress">Told every few thousand examples, and at the end.</param>
    /// <param name="cancellation">Stops between two records; nothing is kept then.</param>
    /// <exception cref="InstructionDataException">A record is not right, or cannot be tokenized.</exception>
    /// <exception cref="IOException">The data cannot be read, or the cache cannot be written.</exception>
    /// <exception cref="ArgumentException">The file's format is not known, or the options lack something.</exception>
    public static InstructionData Open(
        string path, HuggingFaceTokenizer tokenizer, ChatTemplate? template = null, InstructionOptions? options = null,
        string? cacheFolder = null, IProgress<InstructionProgress>? progress = null, CancellationToken cancellation = default)
    {
        options ??= new();
        var records = new InstructionTokenizer(tokenizer, template, options);
        var folder = Directory.CreateDirectory(cacheFolder ?? DefaultFolder).FullName;
        var content = new DataFileHash(path, folder);
        var key = KeyOf(content.Sha256, path, tokenizer, template, options);
        var file = Path.Combine(folder, $"{Path.GetFileNameWithoutExtension(path)}.{key[..16]}.tokens");
        if (TokenCache.TryOpen(file, key) is { } whole)
        {
            content.Remember();
            return new(whole, key, true);
        }
        Write(file, key, path, records, options.Shape, progress, cancellation);
        var written = TokenCache.TryOpen(file, key)
            ?? throw new IOException($"{file} was written and is not whole when read again; is the disk sound?");
        content.Remember();
        return new(written, key, false);
    }

    /// <inheritdoc/>
    public IEnumerator<TokenizedExample> GetEnumerator()
    {
        for (var i = 0; i < Count; i++)
            yield return this[i];
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    /// <inheritdoc/>
    public void Dispose() => _cache.Dispose();

    private static string DefaultFolder => Path.Combine(
        Environment.GetEnvironmentVariable("XDG_CACHE_HOME") is { Length: > 0 } cache ? cache
            : Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".cache"), "peftlabs", "tokens");

    private static string KeyOf(string content, string path, HuggingFaceTokenizer tokenizer, ChatTemplate? template, InstructionOptions options)
    {
        string[] facts =
        [
            $"{Version}", content, Path.GetExtension(path).ToLowerInvariant(), tokenizer.Hash,
            template?.Hash ?? "no template", JsonSerializer.Serialize(options),
        ];
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('\n', facts))));
    }

    private static void Write(
        string file, string key, string path, InstructionTokenizer tokenizer, InstructionShape? shape,
        IProgress<InstructionProgress>? progress, CancellationToken cancellation)
    {
        const int Between = 4096;
        var (total, read) = (new FileInfo(path).Length, 0L);
        using var writer = new TokenCacheWriter(file, key);
        foreach (var record in InstructionFile.Read(path, shape, bytes => read = bytes))
        {
            cancellation.ThrowIfCancellationRequested();
            writer.Add(Tokenize(path, tokenizer, record));
            if (writer.Count % Between == 0)
                progress?.Report(new(read, total, writer.Count, writer.Tokens));
        }
        writer.Commit();
        progress?.Report(new(total, total, writer.Count, writer.Tokens));
    }

    private static TokenizedExample Tokenize(string path, InstructionTokenizer tokenizer, InstructionRecord record)
    {
        try
        {
            return tokenizer.Tokenize(record);
        }
        // The last is what a tokenizer throws that has no token for what is unknown.
        catch (Exception exception) when (exception is ArgumentException or ChatTemplateException or InvalidOperationException)
        {
            throw new InstructionDataException(path, record.Line, 1, exception.Message, exception);
        }
    }
}
