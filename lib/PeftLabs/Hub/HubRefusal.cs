using System.Globalization;
using System.Net.Http;
using System.Text.RegularExpressions;

namespace PeftLabs.Hub;

/// <summary>What an answer that is no success means, and what its reader can do. The hub gives a code in the header X-Error-Code.</summary>
internal sealed partial class HubRefusal(HubModelName model, HubOptions options)
{
    // "api";r=0;t=55: the seconds until the window of the limit ends (draft-ietf-httpapi-ratelimit-headers).
    [GeneratedRegex(@";\s*t=(\d{1,6})\b")]
    private static partial Regex ResetPattern { get; }

    private string Page => $"{options.Endpoint.AbsoluteUri.TrimEnd('/')}/{model.Id}";

    /// <summary>The exception for an answer about a model or a file; <paramref name="host"/> is the server's name where it is not the hub.</summary>
    public Exception Of(string about, HttpResponseMessage response, string? host)
    {
        var status = (int)response.StatusCode;
        var who = host ?? "the hub";
        if (status == 429)
            return new TransientException(HubFailure.RateLimited, $"{who} says that there are too many requests (429)", AskedWait(response));
        if (status is 408 or >= 500)
            return new TransientException(HubFailure.ServerError, $"{who} fails with {status}", AskedWait(response));
        // The hub signs these addresses for a while only: the next attempt asks it for a new one.
        if (host is not null)
            return new TransientException(HubFailure.ServerError, $"{host} answers {status}");
        var (failure, message) = Explain(about, status, Header(response, "X-Error-Code"));
        return new HubException(failure, message + Said(Header(response, "X-Error-Message")));
    }

    private (HubFailure Failure, string Message) Explain(string about, int status, string? code) => (status, code) switch
    {
        (401 or 403, "GatedRepo") => (HubFailure.Gated, Gated()),
        (_, "RevisionNotFound") =>
            (HubFailure.NotFound, $"{model.Id} has no revision '{model.Revision}'; {Page}/tree/main lists what it has."),
        (_, "EntryNotFound") => (HubFailure.NotFound, $"{about}: there is no such file in {model}."),
        (401, _) when options.Token is { } token => (HubFailure.Unauthorized,
            $"{model.Id}: the hub refuses the token from {token.Source} (401). It is wrong or has expired; {TokenPage} has yours."),
        (401, _) => (HubFailure.NotFound, $"The hub has no model {model.Id}, or it is private. Look at the spelling; "
            + $"for a private model set HF_TOKEN to a token of {TokenPage}."),
        (403, _) => (HubFailure.Unauthorized, $"{model.Id}: the hub denies access (403)"
            + (options.Token is { } token ? $" to the token from {token.Source}; it may lack the permission to read this model." : ".")),
        (404, _) => (HubFailure.NotFound, $"The hub has no model {model.Id}"
            + (options.Token is null ? "; a private one is seen only with a token in HF_TOKEN." : $" that the token from {options.Token.Source} may see.")),
        _ => (HubFailure.BadAnswer, $"{about}: the hub answers {status}."),
    };

    private string TokenPage => $"{options.Endpoint.AbsoluteUri.TrimEnd('/')}/settings/tokens";

    private string Gated() => options.Token is { } token
        ? $"{model.Id} is gated, and the account of the token from {token.Source} has not been let in. Accept its terms at {Page} "
            + "(its authors may have to approve), and see that the token may read gated models."
        : $"{model.Id} is gated: accept its terms at {Page}, then set HF_TOKEN to a token of your account from {TokenPage}.";

    private string Said(string? message)
    {
        if (message is null)
            return "";
        if (options.Token is { } token)
            message = message.Replace(token.Value, "***", StringComparison.Ordinal);
        var clean = string.Concat(message.Where(c => !char.IsControl(c)).Take(300));
        return $" The hub says: \"{clean}\"";
    }

    private static string? Header(HttpResponseMessage response, string name) =>
        response.Headers.TryGetValues(name, out var values) ? string.Join(", ", values) : null;

    private static TimeSpan? AskedWait(HttpResponseMessage response)
    {
        if (response.Headers.RetryAfter is { } after)
            return Positive(after.Delta ?? after.Date - DateTimeOffset.UtcNow);
        return Header(response, "RateLimit") is { } limit && ResetPattern.Match(limit) is { Success: true } reset
            ? TimeSpan.FromSeconds(int.Parse(reset.Groups[1].Value, CultureInfo.InvariantCulture))
            : null;
    }

    private static TimeSpan? Positive(TimeSpan? span) => span < TimeSpan.Zero ? TimeSpan.Zero : span;
}
