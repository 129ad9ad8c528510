using System.Net.Http;
using System.Net.Http.Headers;
using System.Reflection;
using System.Security.Authentication;
using PeftLabs.Memory;

namespace PeftLabs.Hub;

/// <summary>
/// Requests to a hub. Redirects are followed here and not by HttpClient, so that the token goes to the hub's own address alone: large
/// files lie on other servers, at signed addresses that need no token and must not get one.
/// </summary>
internal sealed class HubConnection(HubModelName model, HubOptions options) : IDisposable
{
    private const int MostRedirects = 10;

    private static readonly TimeSpan s_connectTimeout = TimeSpan.FromSeconds(10);

    private readonly HttpClient _http = new(new SocketsHttpHandler
    {
        AllowAutoRedirect = false,
        UseCookies = false,
        ConnectTimeout = s_connectTimeout,
        PooledConnectionLifetime = TimeSpan.FromMinutes(5),
    })
    { Timeout = Timeout.InfiniteTimeSpan };

    private readonly Uri _endpoint = new(options.Endpoint.AbsoluteUri.TrimEnd('/') + "/");
    private volatile bool _reached;

    /// <summary>Asks what the repository holds at the revision, with sizes and hashes.</summary>
    public HubRequest ListRequest() => new($"api/models/{model.Id}/revision/{Uri.EscapeDataString(model.Revision)}?blobs=true", $"{model}");

    /// <summary>Asks for a file at a commit.</summary>
    public HubRequest FileRequest(string name, string commit) => new($"{model.Id}/resolve/{commit}/{Uri.EscapeDataString(name)}", name);

    /// <summary>Sends, follows redirects, and gives an answer of success; of a request for a part, also the answer 416.</summary>
    /// <exception cref="TransientException">It failed for a reason that may pass.</exception>
    /// <exception cref="HubException">The hub refuses.</exception>
    public async Task<HttpResponseMessage> SendAsync(HubRequest request, CancellationToken cancellation)
    {
        var address = new Uri(_endpoint, request.Path);
        for (var redirects = 0; redirects <= MostRedirects; redirects++)
        {
            var response = await SendOnceAsync(request, address, cancellation);
            var next = Redirect(response, address);
            if (next is null || (request.StaysOnHub && !IsHub(next)))
                return next is not null || IsAnswer(request, response) ? response : throw Refused(request, response, address);
            response.Dispose();
            if (next.Scheme is not ("https" or "http") || (address.Scheme == "https" && next.Scheme == "http"))
                throw new HubException(HubFailure.BadAnswer, $"{request.About}: {address.Host} redirects to an address that is not https.");
            address = next;
        }
        throw new HubException(HubFailure.BadAnswer, $"{request.About}: it is redirected more than {MostRedirects} times.");
    }

    public void Dispose() => _http.Dispose();

    private static bool IsAnswer(HubRequest request, HttpResponseMessage response) =>
        response.IsSuccessStatusCode || ((int)response.StatusCode == 416 && request.From > 0);

    private static Uri? Redirect(HttpResponseMessage response, Uri address) =>
        (int)response.StatusCode is 301 or 302 or 303 or 307 or 308 && response.Headers.Location is { } location ? new Uri(address, location) : null;

    private bool IsHub(Uri address) => (address.Scheme, address.Host, address.Port) == (_endpoint.Scheme, _endpoint.Host, _endpoint.Port);

    private Exception Refused(HubRequest request, HttpResponseMessage response, Uri address)
    {
        using (response)
            return new HubRefusal(model, options).Of(request.About, response, IsHub(address) ? null : address.Host);
    }

    private async Task<HttpResponseMessage> SendOnceAsync(HubRequest request, Uri address, CancellationToken cancellation)
    {
        using var message = new HttpRequestMessage(request.Method, address);
        message.Headers.UserAgent.Add(new ProductInfoHeaderValue("PeftLabs", Assembly.GetExecutingAssembly().GetName().Version?.ToString(3)));
        // A compressed answer would hide the file's size, and a part of it could not be asked for.
        message.Headers.AcceptEncoding.Add(new("identity"));
        if (request.From > 0)
            message.Headers.Range = new(request.From, null);
        if (options.Token is { } token && IsHub(address))
            message.Headers.Authorization = new("Bearer", token.Value);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limit.CancelAfter(options.StallTimeout);
        try
        {
            var response = await _http.SendAsync(message, HttpCompletionOption.ResponseHeadersRead, limit.Token);
            _reached = true;
            return response;
        }
        catch (Exception e) when (e is OperationCanceledException or HttpRequestException)
        {
            cancellation.ThrowIfCancellationRequested();
            throw limit.IsCancellationRequested
                ? new TransientException(HubFailure.Stalled, $"{address.Host} does not answer within {TimeText.Format(options.StallTimeout)}", null, e)
                : Unreachable(address, e);
        }
    }

    // Where nothing has ever answered there is no network, or no hub at this address, and trying again only keeps the user waiting.
    private Exception Unreachable(Uri address, Exception e)
    {
        var reason = e is OperationCanceledException ? $"no connection within {TimeText.Format(s_connectTimeout)}"
            : e.InnerException is AuthenticationException inner ? $"no trusted connection: {inner.Message}" : e.Message;
        return _reached && e.InnerException is not AuthenticationException
            ? new TransientException(HubFailure.Unreachable, $"{address.Host} cannot be reached ({reason})", null, e)
            : new HubException(HubFailure.Unreachable, $"{address.GetLeftPart(UriPartial.Authority)} cannot be reached ({reason}).", e);
    }
}
