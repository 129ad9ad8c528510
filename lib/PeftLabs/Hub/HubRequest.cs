using System.Net.Http;

namespace PeftLabs.Hub;

/// <summary>A request to the hub.</summary>
/// <param name="Path">After the endpoint, without a slash before it, escaped.</param>
/// <param name="About">What it is about, for messages: the model, or a file of it.</param>
internal sealed record HubRequest(string Path, string About)
{
    public HttpMethod Method { get; init; } = HttpMethod.Get;

    /// <summary>The first byte that is wanted; 0 for all.</summary>
    public long From { get; init; }

    /// <summary>True where a redirect to another server is itself the answer.</summary>
    public bool StaysOnHub { get; init; }
}
