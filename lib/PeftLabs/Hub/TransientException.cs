namespace PeftLabs.Hub;

/// <summary>A failure that may be over when the request is made again, after the wait that the server asks for where it does.</summary>
internal sealed class TransientException(HubFailure failure, string message, TimeSpan? askedWait = null, Exception? inner = null)
    : Exception(message, inner)
{
    public HubFailure Failure { get; } = failure;

    public TimeSpan? AskedWait { get; } = askedWait;
}
