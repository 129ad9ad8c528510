using System.Globalization;
using System.Net.Http;

namespace PeftLabs.Hub;

/// <summary>
/// What the headers of a file's address say: X-Linked-Etag and X-Linked-Size of a large file, which lies elsewhere; ETag and
/// Content-Length of one that the hub sends itself.
/// </summary>
internal static class FileHeaders
{
    /// <summary>Reads an answer that is not redirected further on the hub.</summary>
    /// <exception cref="HubException">They do not say it.</exception>
    public static HubFile Read(string name, HttpResponseMessage response)
    {
        var hash = (Header(response, "X-Linked-Etag") ?? Header(response, "ETag") ?? "").Replace("W/", "", StringComparison.Ordinal).Trim('"');
        var size = long.TryParse(Header(response, "X-Linked-Size"), NumberStyles.None, CultureInfo.InvariantCulture, out var linked) ? linked
            : response.IsSuccessStatusCode ? response.Content.Headers.ContentLength : null;
        return HubFile.IsHash(hash) && size is { } bytes ? new(name, bytes, hash) : throw new HubException(HubFailure.BadAnswer,
            $"{name}: the hub tells no hash and size of it, so what would come could not be checked, and nothing was downloaded.");
    }

    private static string? Header(HttpResponseMessage response, string name) =>
        response.Headers.TryGetValues(name, out var values) ? values.First() : null;
}
