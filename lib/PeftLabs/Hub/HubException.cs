namespace PeftLabs.Hub;

/// <summary>The hub, or the cache of its models, did not give what was asked of it. The message says what to do; no token is in it.</summary>
public sealed class HubException : Exception
{
    /// <summary>A failure of one kind.</summary>
    public HubException(HubFailure failure, string message, Exception? inner = null) : base(message, inner) => Failure = failure;

    /// <summary>The kind.</summary>
    public HubFailure Failure { get; }
}
