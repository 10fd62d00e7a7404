using System.Net;
using System.Security.Cryptography;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;

namespace TspActors.Tracker.Monitoring;

/// <summary>The status page: three files that are embedded in the program, and the report that they display.</summary>
/// <remarks>The page is read-only and contacts only the tracker; its content security policy enforces this.</remarks>
internal sealed class StatusPage(StatusFeed feed)
{
    private const string PagePolicy =
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; base-uri 'none'; "
        + "form-action 'none'; frame-ancestors 'none'";

    private const string ReportPolicy = "default-src 'none'; frame-ancestors 'none'";

    // Loaded when the page is requested for the first time.
    private readonly Lazy<Dictionary<string, PageFile>> _files = new(() => new Dictionary<string, PageFile>(StringComparer.Ordinal)
    {
        ["/"] = Load("status.html", "text/html; charset=utf-8"),
        ["/status.css"] = Load("status.css", "text/css; charset=utf-8"),
        ["/status.js"] = Load("status.js", "text/javascript; charset=utf-8"),
    });

    /// <summary>Answers a GET or HEAD if its path belongs to the page; returns null otherwise.</summary>
    public Task? TryAnswer(HttpContext context) => context.Request.Path.Value switch
    {
        "/" or "/status.css" or "/status.js" => SendFileAsync(context, _files.Value[context.Request.Path.Value]),
        "/api/status" => SendReportAsync(context),
        _ => null,
    };

    private static Task SendFileAsync(HttpContext context, PageFile file)
    {
        var headers = context.Response.Headers;
        Protect(headers, PagePolicy);
        headers.ETag = file.Tag;
        headers.CacheControl = "no-cache";
        if (Matches(context.Request.Headers.IfNoneMatch, file.Tag))
        {
            context.Response.StatusCode = (int)HttpStatusCode.NotModified;
            return Task.CompletedTask;
        }

        return SendAsync(context, file.ContentType, file.Bytes);
    }

    private Task SendReportAsync(HttpContext context)
    {
        Protect(context.Response.Headers, ReportPolicy);
        context.Response.Headers.CacheControl = "no-store";
        return SendAsync(context, "application/json; charset=utf-8", feed.Read());
    }

    private static Task SendAsync(HttpContext context, string contentType, ReadOnlyMemory<byte> bytes)
    {
        context.Response.ContentType = contentType;
        context.Response.ContentLength = bytes.Length;
        return HttpMethods.IsHead(context.Request.Method)
            ? Task.CompletedTask
            : context.Response.Body.WriteAsync(bytes, context.RequestAborted).AsTask();
    }

    private static void Protect(IHeaderDictionary headers, string policy)
    {
        headers.ContentSecurityPolicy = policy;
        headers.XContentTypeOptions = "nosniff";
        headers["Referrer-Policy"] = "no-referrer";
    }

    // A proxy that compresses responses may have made the tag weak.
    private static bool Matches(StringValues sent, string tag) => sent.SelectMany(line => (line ?? "").Split(','))
        .Select(part => part.Trim()).Any(part => part == "*" || part == tag || part == $"W/{tag}");

    private static PageFile Load(string name, string contentType)
    {
        using var stream = typeof(StatusPage).Assembly.GetManifestResourceStream($"page/{name}")
            ?? throw new InvalidOperationException($"{name} is missing from the program");
        var bytes = new byte[stream.Length];
        stream.ReadExactly(bytes);
        return new PageFile(bytes, contentType, $"\"{Convert.ToHexStringLower(SHA256.HashData(bytes).AsSpan(0, 16))}\"");
    }

    private sealed record PageFile(byte[] Bytes, string ContentType, string Tag);
}
