using System.IO.Compression;
using Microsoft.AspNetCore.Http;

namespace TspActors.Gateway.Web;

/// <summary>Writes response bodies, compressed if they are long enough and the client accepts compression.</summary>
internal static class PackedBody
{
    private const int MinCompressed = 1024;

    /// <summary>Writes a body. A HEAD request gets only the headers.</summary>
    public static async Task WriteAsync(HttpContext context, byte[] bytes, string contentType)
    {
        var response = context.Response;
        response.ContentType = contentType;
        if (bytes.Length > MinCompressed && context.Request.Headers.AcceptEncoding.ToString().Contains("gzip", StringComparison.OrdinalIgnoreCase))
        {
            bytes = Pack(bytes, CompressionLevel.Fastest);
            response.Headers.ContentEncoding = "gzip";
            response.Headers.Vary = "Accept-Encoding";
        }

        response.ContentLength = bytes.Length;
        if (!HttpMethods.IsHead(context.Request.Method))
            await response.Body.WriteAsync(bytes, context.RequestAborted).ConfigureAwait(false);
    }

    /// <summary>Compresses bytes.</summary>
    public static byte[] Pack(byte[] bytes, CompressionLevel level)
    {
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, level, leaveOpen: true))
            gzip.Write(bytes);
        return packed.ToArray();
    }
}
