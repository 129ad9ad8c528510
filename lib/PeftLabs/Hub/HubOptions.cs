namespace PeftLabs.Hub;

/// <summary>
/// How models come from the hub. What is not given comes from the environment, from the variables that the hub's other tools read:
/// HF_ENDPOINT, HF_HUB_CACHE, HF_HOME, HF_TOKEN, HF_TOKEN_PATH, HF_HUB_OFFLINE, HF_HUB_DOWNLOAD_TIMEOUT.
/// </summary>
public sealed record HubOptions
{
    /// <summary>The options that the environment says.</summary>
    /// <exception cref="ArgumentException">A variable has a value that it cannot have.</exception>
    /// <exception cref="IOException">The file with the token cannot be read.</exception>
    public HubOptions() : this(Environment.GetEnvironmentVariable)
    {
    }

    internal HubOptions(Func<string, string?> variable)
    {
        var environment = new HubEnvironment(variable);
        Endpoint = environment.Endpoint;
        CacheFolder = environment.CacheFolder;
        Token = environment.Token();
        Offline = environment.Offline;
        StallTimeout = environment.Timeout ?? TimeSpan.FromSeconds(30);
    }

    /// <summary>The hub's address, http or https.</summary>
    public Uri Endpoint
    {
        get;
        init => field = value is { IsAbsoluteUri: true, Scheme: "http" or "https", Query: "", Fragment: "", UserInfo: "" } ? value
            : throw Wrong(nameof(Endpoint), value, "an http or https address without a query, such as https://huggingface.co");
    }

    /// <summary>The cache that the hub's tools share: a folder models--OWNER--NAME for each model.</summary>
    public string CacheFolder
    {
        get;
        init => field = !string.IsNullOrWhiteSpace(value) ? Path.GetFullPath(value) : throw Wrong(nameof(CacheFolder), $"'{value}'", "a folder");
    }

    /// <summary>Sent to the <see cref="Endpoint"/> alone, never where a download is redirected to; null for none.</summary>
    public HubToken? Token { get; init; }

    /// <summary>True where nothing is asked of the hub, and the cache alone answers.</summary>
    public bool Offline { get; init; }

    /// <summary>Files downloaded at once, from 1 to 64.</summary>
    public int ParallelDownloads
    {
        get;
        init => field = value is >= 1 and <= 64 ? value : throw Wrong(nameof(ParallelDownloads), value, "from 1 to 64");
    } = 4;

    /// <summary>How often a request is made again that failed without getting on, 0 or above.</summary>
    public int Retries
    {
        get;
        init => field = value >= 0 ? value : throw Wrong(nameof(Retries), value, "0 or above");
    } = 5;

    /// <summary>The wait before the first retry; each later one waits twice as long.</summary>
    public TimeSpan FirstBackoff
    {
        get;
        init => field = value > TimeSpan.Zero ? value : throw Wrong(nameof(FirstBackoff), value, "above 0");
    } = TimeSpan.FromSeconds(1);

    /// <summary>
    /// How long an answer may take to begin, and the span over which at least <see cref="MinimumBytesPerSecond"/> must arrive; else
    /// the connection is given up and the download goes on over a new one.
    /// </summary>
    public TimeSpan StallTimeout
    {
        get;
        init => field = value > TimeSpan.Zero ? value : throw Wrong(nameof(StallTimeout), value, "above 0");
    }

    /// <summary>Below this a download counts as stalled, at least 1.</summary>
    public int MinimumBytesPerSecond
    {
        get;
        init => field = value >= 1 ? value : throw Wrong(nameof(MinimumBytesPerSecond), value, "at least 1");
    } = 1024;

    /// <summary>
    /// The longest that a pull waits, all in all, because the hub says when to come back; waits of several files at once add up.
    /// </summary>
    public TimeSpan LongestWait
    {
        get;
        init => field = value >= TimeSpan.Zero ? value : throw Wrong(nameof(LongestWait), value, "0 or above");
    } = TimeSpan.FromMinutes(10);

    private static ArgumentOutOfRangeException Wrong(string option, object? value, string right) =>
        new(option, null, $"{option} is {value ?? "null"}; it must be {right}.");
}
