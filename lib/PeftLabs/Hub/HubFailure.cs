namespace PeftLabs.Hub;

/// <summary>Why the hub, or the cache, did not give a model.</summary>
public enum HubFailure
{
    /// <summary>The hub cannot be reached, or the connection broke again and again.</summary>
    Unreachable,

    /// <summary>The cache lacks the model, or part of it, and nothing may be downloaded.</summary>
    NotCached,

    /// <summary>The hub has no such model, revision or file.</summary>
    NotFound,

    /// <summary>The hub wants a token, or refuses the one it got.</summary>
    Unauthorized,

    /// <summary>The model's authors want their terms accepted first.</summary>
    Gated,

    /// <summary>Too many requests, and the wait that the hub asks for is longer than <see cref="HubOptions.LongestWait"/>.</summary>
    RateLimited,

    /// <summary>The server failed again and again.</summary>
    ServerError,

    /// <summary>Too few bytes arrived for too long, again and again.</summary>
    Stalled,

    /// <summary>The answer is not what a hub answers.</summary>
    BadAnswer,

    /// <summary>A file's content has another hash than the hub promises, twice.</summary>
    WrongHash,

    /// <summary>The disk of the cache is full, or lacks the room.</summary>
    DiskFull,

    /// <summary>The repository has no weights that are safe to read, or is no model.</summary>
    NoSafeWeights,
}
