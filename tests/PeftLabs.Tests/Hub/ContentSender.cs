using System.Net;
using System.Text;

namespace PeftLabs.Tests.Hub;

/// <summary>Sends a content, or the part of it that was asked for, and does what a fault says.</summary>
internal sealed class ContentSender(HttpListenerContext context, byte[] content, string etag, HubFault? fault)
{
    private readonly HttpListenerResponse _response = context.Response;

    public Task SendAsync(CancellationToken closing)
    {
        switch (fault)
        {
            case HubFault.Status status:
                _response.StatusCode = status.Code;
                foreach (var header in status.Headers)
                    _response.Headers.Add(header);
                return Task.CompletedTask;
            case HubFault.Redirect redirect:
                _response.StatusCode = 302;
                _response.Headers["Location"] = redirect.Location;
                return Task.CompletedTask;
            case HubFault.Page:
                return WriteAsync(Encoding.UTF8.GetBytes("<html>Please log in to the network.</html>"), closing);
            default:
                return PartAsync(closing);
        }
    }

    private Task PartAsync(CancellationToken closing)
    {
        _response.Headers["ETag"] = etag;
        _response.Headers["Accept-Ranges"] = "bytes";
        if (fault is HubFault.NoRanges || context.Request.Headers["Range"] is not { } range)
            return WriteAsync(content, closing);
        var ends = range["bytes=".Length..].Split('-');
        var (first, last) = (int.Parse(ends[0]), ends[1] == "" ? content.Length - 1 : Math.Min(int.Parse(ends[1]), content.Length - 1));
        if (first >= content.Length)
        {
            _response.StatusCode = 416;
            _response.Headers["Content-Range"] = $"bytes */{content.Length}";
            return Task.CompletedTask;
        }
        if (fault is HubFault.OtherRange)
            first = 0;
        _response.StatusCode = 206;
        _response.Headers["Content-Range"] = $"bytes {first}-{last}/{content.Length}";
        return WriteAsync(content[first..(last + 1)], closing);
    }

    private async Task WriteAsync(byte[] bytes, CancellationToken closing)
    {
        _response.ContentLength64 = bytes.Length;
        if (context.Request.HttpMethod == "HEAD")
            return;
        if (fault is HubFault.Corrupt && bytes.Length > 0)
        {
            bytes = [.. bytes];
            bytes[bytes.Length / 2] ^= 0x20;
        }
        var output = _response.OutputStream;
        if (fault is HubFault.Slow slow)
        {
            for (var at = 0; at < bytes.Length; at += slow.Bytes)
            {
                await output.WriteAsync(bytes.AsMemory(at, Math.Min(slow.Bytes, bytes.Length - at)), closing);
                await output.FlushAsync(closing);
                await Task.Delay(slow.Milliseconds, closing);
            }
            return;
        }
        var sent = Math.Min(bytes.Length, fault switch { HubFault.Cut cut => cut.After, HubFault.Stall stall => stall.After, _ => bytes.Length });
        await output.WriteAsync(bytes.AsMemory(0, sent), closing);
        await output.FlushAsync(closing);
        if (fault is HubFault.Stall)
            await Task.Delay(Timeout.Infinite, closing);
        if (sent < bytes.Length)
            _response.Abort();
    }
}
