using System.IO.Compression;
using System.Security.Cryptography;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using TspActors.Gateway.Covers;
using TspActors.Protocol;

namespace TspActors.Gateway.Web;

/// <summary>The endpoints that serve covers and the web page's files, which are embedded in the program.</summary>
internal static class PageEndpoints
{
    private const string Prefix = "page/";

    private static readonly Dictionary<string, string> ContentTypes = new(StringComparer.Ordinal)
    {
        [".html"] = "text/html; charset=utf-8",
        [".css"] = "text/css; charset=utf-8",
        [".js"] = "text/javascript; charset=utf-8",
        [".svg"] = "image/svg+xml",
        [".png"] = "image/png",
        [".webmanifest"] = "application/manifest+json",
    };

    private static readonly Lazy<Dictionary<string, PageFile>> Files = new(Load);

    /// <summary>Adds the endpoints.</summary>
    public static void Map(IEndpointRouteBuilder routes) => routes.MapMethods(
        "/{**path}", ["GET", "HEAD"], (HttpContext context, string? path) => SendAsync(context, path is null or "" ? "index.html" : path));

    /// <summary>Adds the endpoint for covers.</summary>
    public static void MapCovers(IEndpointRouteBuilder routes, GatewayComponents components) =>
        routes.MapMethods("/cover/{hash}", ["GET", "HEAD"], (HttpContext context, string hash) => SendCoverAsync(context, hash, components));

    private static async Task SendAsync(HttpContext context, string path)
    {
        var response = context.Response;
        if (!Files.Value.TryGetValue(path, out var file))
        {
            response.StatusCode = StatusCodes.Status404NotFound;
            response.ContentType = "text/plain; charset=utf-8";
            await response.WriteAsync("there is no such page\n", context.RequestAborted).ConfigureAwait(false);
            return;
        }

        response.Headers.ETag = file.Tag;
        response.Headers.CacheControl = context.Request.Query.ContainsKey("v") ? "public, max-age=31536000, immutable" : "no-cache";
        response.Headers.Vary = "Accept-Encoding";
        if (context.Request.Headers.IfNoneMatch.ToString().Contains(file.Tag, StringComparison.Ordinal))
        {
            response.StatusCode = StatusCodes.Status304NotModified;
            return;
        }

        response.ContentType = file.ContentType;
        var bytes = file.Bytes;
        if (file.Packed is { } packed && context.Request.Headers.AcceptEncoding.ToString().Contains("gzip", StringComparison.OrdinalIgnoreCase))
        {
            response.Headers.ContentEncoding = "gzip";
            bytes = packed;
        }

        response.ContentLength = bytes.Length;
        if (!HttpMethods.IsHead(context.Request.Method))
            await response.Body.WriteAsync(bytes, context.RequestAborted).ConfigureAwait(false);
    }

    private static async Task SendCoverAsync(HttpContext context, string hash, GatewayComponents components)
    {
        var response = context.Response;
        if (components.Gatekeeper.CheckSession(context).Caller is null)
        {
            response.StatusCode = StatusCodes.Status401Unauthorized;
            return;
        }

        var size = int.TryParse(context.Request.Query["size"], out var wanted) && wanted > 0 ? Math.Clamp(wanted, 32, 1200) : 0;
        var song = components.Library.FindSong(context.Request.Query["song"].ToString());
        var picture = ContentHash.TryParse(hash, out var cover)
            ? await components.Covers.FindAsync(cover, song?.TrackerId ?? 0, size, context.RequestAborted).ConfigureAwait(false)
            : null;
        if (picture is null)
        {
            response.StatusCode = StatusCodes.Status404NotFound;
            return;
        }

        await CoverResponse.SendAsync(context, picture, isNamedByHash: true).ConfigureAwait(false);
    }

    private static Dictionary<string, PageFile> Load()
    {
        var assembly = typeof(PageEndpoints).Assembly;
        var files = new Dictionary<string, PageFile>(StringComparer.Ordinal);
        foreach (var name in assembly.GetManifestResourceNames().Where(name => name.StartsWith(Prefix, StringComparison.Ordinal)))
        {
            using var stream = assembly.GetManifestResourceStream(name)!;
            var bytes = new byte[stream.Length];
            stream.ReadExactly(bytes);
            var contentType = ContentTypes.GetValueOrDefault(Path.GetExtension(name), "application/octet-stream");
            var packed = contentType == "image/png" ? null : PackedBody.Pack(bytes, CompressionLevel.SmallestSize);
            files[name[Prefix.Length..].Replace('\\', '/')] = new PageFile(
                bytes, packed, contentType, $"\"{Convert.ToHexStringLower(SHA256.HashData(bytes).AsSpan(0, 16))}\"");
        }

        return files;
    }

    private sealed record PageFile(byte[] Bytes, byte[]? Packed, string ContentType, string Tag);
}
