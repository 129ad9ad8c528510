using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json.Nodes;

namespace PeftLabs.Tests.Hub;

/// <summary>
/// A server that behaves like the hub, as far as its clients need it to download a model: the list and the tree of a repository's
/// files, resolve addresses with their headers, and a second server for large contents, to which the first redirects. It can be told
/// to fail.
/// </summary>
public sealed class HubServer : IDisposable
{
    public const string Token = "hf_SecretOfTheTests";

    private readonly HttpListener _listener;
    private readonly ConcurrentDictionary<string, HubRepository> _repositories = [];
    private readonly ConcurrentDictionary<string, ConcurrentQueue<HubFault>> _faults = [];
    private readonly CancellationTokenSource _closing = new();

    public HubServer()
    {
        (_listener, Endpoint, Contents) = Listen();
        _ = ListenAsync();
    }

    public Uri Endpoint { get; }

    /// <summary>Where large contents lie, at signed addresses.</summary>
    public Uri Contents { get; }

    public ConcurrentQueue<SeenRequest> Requests { get; } = [];

    /// <summary>Defects of this server.</summary>
    public ConcurrentQueue<Exception> Errors { get; } = [];

    /// <summary>The requests for contents of a file, at the server that sends them.</summary>
    public List<SeenRequest> ContentRequests(StoredFile file)
    {
        var end = file.IsLfs ? $"/{file.Sha256}" : $"/{file.Name}";
        return [.. Requests.Where(seen => seen.OfHub == !file.IsLfs && seen.Path.EndsWith(end, StringComparison.Ordinal))];
    }

    public HubRepository Add(string id) => _repositories.GetOrAdd(id, _ => new(id));

    /// <summary>What goes wrong in the next requests for a file's content, one after the other; "list" for the list of files.</summary>
    public void Fail(string file, params HubFault[] faults)
    {
        foreach (var fault in faults)
            _faults.GetOrAdd(file, _ => []).Enqueue(fault);
    }

    public void Dispose()
    {
        _closing.Cancel();
        _listener.Close();
        _closing.Dispose();
    }

    // Ports that are free now; another test may take one before this server does.
    private static (HttpListener Listener, Uri Endpoint, Uri Contents) Listen()
    {
        for (var tries = 1; ; tries++)
        {
            using TcpListener first = new(IPAddress.Loopback, 0), second = new(IPAddress.Loopback, 0);
            first.Start();
            second.Start();
            Uri endpoint = new($"http://{first.LocalEndpoint}/"), contents = new($"http://{second.LocalEndpoint}/");
            first.Stop();
            second.Stop();
            var listener = new HttpListener { Prefixes = { endpoint.AbsoluteUri, contents.AbsoluteUri } };
            try
            {
                listener.Start();
                return (listener, endpoint, contents);
            }
            catch (HttpListenerException) when (tries < 20)
            {
                listener.Close();
            }
        }
    }

    private async Task ListenAsync()
    {
        while (_listener.IsListening)
        {
            try
            {
                var context = await _listener.GetContextAsync();
                _ = Task.Run(() => ServeAsync(context));
            }
            catch (Exception e) when (e is HttpListenerException or InvalidOperationException)
            {
                return; // closed
            }
        }
    }

    private async Task ServeAsync(HttpListenerContext context)
    {
        try
        {
            await AnswerAsync(context, context.Response);
            context.Response.Close();
        }
        // The client has gone, or the server is being closed.
        catch (Exception e) when (e is HttpListenerException or IOException or OperationCanceledException or InvalidOperationException)
        {
            context.Response.Abort();
        }
        catch (Exception e)
        {
            Errors.Enqueue(e);
            context.Response.Abort();
        }
    }

    private Task AnswerAsync(HttpListenerContext context, HttpListenerResponse response)
    {
        var request = context.Request;
        var path = request.RawUrl!.Split('?')[0];
        var ofHub = request.LocalEndPoint.Port == Endpoint.Port;
        Requests.Enqueue(new(request.HttpMethod, ofHub, path, request.Headers["Range"], request.Headers["Authorization"]));
        if (!ofHub)
            return ContentAsync(context, path);
        return path.StartsWith("/api/models/", StringComparison.Ordinal)
            ? ApiAsync(context, path["/api/models/".Length..])
            : ResolveAsync(context, path[1..]);
    }

    // Like the servers to which the hub redirects: the address is signed, and a token beside that is an error.
    private Task ContentAsync(HttpListenerContext context, string path)
    {
        if (context.Request.Headers["Authorization"] is not null)
            return ErrorAsync(context.Response, 400, null, "Only one auth mechanism allowed");
        var hash = path.Split('/')[^1];
        var file = _repositories.Values.Select(repository => repository.FindContent(hash)).FirstOrDefault(found => found is not null);
        return file is null || context.Request.QueryString["Signature"] != "1"
            ? ErrorAsync(context.Response, 403, null, "AccessDenied")
            : new ContentSender(context, file.Content, $"\"{file.Sha256[..32]}\"", Fault(file.Name)).SendAsync(_closing.Token);
    }

    private HubFault? Fault(string file) => _faults.TryGetValue(file, out var faults) && faults.TryDequeue(out var fault) ? fault : null;

    private Task ApiAsync(HttpListenerContext context, string path)
    {
        var kind = Array.Find(["/revision/", "/tree/", "/paths-info/"], marker => path.Contains(marker, StringComparison.Ordinal)) ?? "/revision/";
        var (id, revision) = path.Split(kind, 2) is [var before, var after] ? (before, Uri.UnescapeDataString(after)) : (path, "main");
        if (Refused(context, id, revision, $"/api/models/{{0}}{path[id.Length..]}", out var repository) is { } refusal)
            return refusal;
        if (Fault("list") is { } fault)
            return new ContentSender(context, [], "", fault).SendAsync(_closing.Token);
        var commit = repository.Resolve(revision)!;
        var files = repository.Files(commit).Values;
        return kind switch
        {
            "/tree/" => JsonAsync(context.Response, new JsonArray([.. files.Select(file => file.TreeEntry(null))]).ToJsonString()),
            "/paths-info/" => PathsAsync(context, [.. files], commit),
            _ => JsonAsync(context.Response, Listing(repository, commit, files, context.Request.QueryString["blobs"] is "true" or "1")),
        };
    }

    private static string Listing(HubRepository repository, string commit, IEnumerable<StoredFile> files, bool blobs)
    {
        var json = new JsonObject
        {
            ["_id"] = "621ffdc036468d709f17434d",
            ["id"] = repository.Id,
            ["modelId"] = repository.Id,
            ["sha"] = commit,
            ["private"] = false,
            ["gated"] = repository.GatedFor is null ? false : "manual",
            ["disabled"] = false,
            ["lastModified"] = "2024-01-01T00:00:00.000Z",
            ["likes"] = 1,
            ["downloads"] = 1,
            ["tags"] = new JsonArray("safetensors"),
            ["siblings"] = new JsonArray([.. files.Select(file => file.Sibling(blobs))]),
        }.ToJsonString();
        return repository.Listing?.Invoke(json) ?? json;
    }

    private static async Task PathsAsync(HttpListenerContext context, List<StoredFile> files, string commit)
    {
        var asked = (await JsonNode.ParseAsync(context.Request.InputStream))!;
        var paths = asked["paths"]!.AsArray().Select(path => (string)path!).ToHashSet();
        var expand = (bool?)asked["expand"] == true;
        var found = files.Where(file => paths.Contains(file.Name)).Select(file => file.TreeEntry(expand ? commit : null));
        await JsonAsync(context.Response, new JsonArray([.. found]).ToJsonString());
    }

    private Task ResolveAsync(HttpListenerContext context, string path)
    {
        if (path.Split("/resolve/", 2) is not [var id, var rest] || rest.Split('/', 2) is not [var escaped, var name])
            return ErrorAsync(context.Response, 404, null, "Not Found");
        var revision = Uri.UnescapeDataString(escaped);
        if (Refused(context, id, revision, $"/{{0}}/resolve/{rest}", out var repository) is { } refusal)
            return refusal;
        var commit = repository.Resolve(revision)!;
        context.Response.Headers["X-Repo-Commit"] = commit;
        if (!repository.Files(commit).TryGetValue(Uri.UnescapeDataString(name), out var file))
            return ErrorAsync(context.Response, 404, "EntryNotFound", "Entry not found");
        if (!file.IsLfs)
            return new ContentSender(context, file.Content, $"\"{file.Hash}\"", Fault(file.Name)).SendAsync(_closing.Token);
        context.Response.StatusCode = 302;
        context.Response.Headers["Location"] = $"{Contents.AbsoluteUri}repos/{file.Sha256}?Signature=1";
        context.Response.Headers["X-Linked-Etag"] = $"\"{file.Sha256}\"";
        context.Response.Headers["X-Linked-Size"] = $"{file.Content.Length}";
        context.Response.Headers["Accept-Ranges"] = "bytes";
        return Task.CompletedTask;
    }

    private Task? Refused(HttpListenerContext context, string id, string revision, string moved, out HubRepository repository)
    {
        var (response, authorization) = (context.Response, context.Request.Headers["Authorization"]);
        var isUser = authorization is null || authorization.StartsWith($"Bearer {Token}", StringComparison.Ordinal);
        if (!_repositories.TryGetValue(id, out repository!) || !isUser)
            return !isUser ? ErrorAsync(response, 401, null, "Invalid credentials in Authorization header")
                : authorization is null ? ErrorAsync(response, 401, "RepoNotFound", "Invalid username or password.")
                : ErrorAsync(response, 404, "RepoNotFound", "Repository not found");
        if (repository.MovedTo is { } other)
        {
            response.StatusCode = 307;
            response.Headers["Location"] = string.Format(moved, other) + context.Request.Url!.Query;
            return Task.CompletedTask;
        }
        var isFile = !context.Request.RawUrl!.StartsWith("/api/", StringComparison.Ordinal);
        if (isFile && repository.GatedFor is { } owner && authorization != $"Bearer {owner}")
            return ErrorAsync(response, authorization is null ? 401 : 403, "GatedRepo", $"Access to model {id} is restricted.");
        return repository.Resolve(revision) is null ? ErrorAsync(response, 404, "RevisionNotFound", $"Invalid rev id: {revision}") : null;
    }

    private static async Task JsonAsync(HttpListenerResponse response, string json)
    {
        var bytes = Encoding.UTF8.GetBytes(json);
        response.ContentType = "application/json; charset=utf-8";
        response.ContentLength64 = bytes.Length;
        await response.OutputStream.WriteAsync(bytes);
    }

    private static Task ErrorAsync(HttpListenerResponse response, int status, string? code, string message)
    {
        response.StatusCode = status;
        if (code is not null)
            response.Headers["X-Error-Code"] = code;
        response.Headers["X-Error-Message"] = message;
        return JsonAsync(response, new JsonObject { ["error"] = message }.ToJsonString());
    }
}
