using System.Globalization;
using Microsoft.AspNetCore.Http;
using TspActors.Gateway.Security;
using TspActors.Gateway.Swarm;

namespace TspActors.Gateway.Media;

/// <summary>Admits requests for media paths, or refuses them with a line of plain text.</summary>
internal static class MediaAdmission
{
    /// <summary>Checks the credentials, and answers the request if they are missing or wrong.</summary>
    /// <returns>The caller; null = the request has been answered.</returns>
    public static async ValueTask<Caller?> CheckAsync(HttpContext context, IGatekeeper gatekeeper)
    {
        var admission = await gatekeeper.CheckMediaAsync(context).ConfigureAwait(false);
        if (admission.Caller is { } caller)
            return caller;
        if (admission.Fault == CredentialFault.TooMany)
        {
            SetRetryAfter(context, admission.RetryAfter);
            await WriteAsync(context, StatusCodes.Status429TooManyRequests, "too many wrong keys").ConfigureAwait(false);
            return null;
        }

        context.Response.Headers.WWWAuthenticate = "Basic realm=\"TspActors\", charset=\"UTF-8\"";
        var text = admission.Fault == CredentialFault.Missing ? "a device key is needed" : "wrong user name or device key";
        await WriteAsync(context, StatusCodes.Status401Unauthorized, text).ConfigureAwait(false);
        return null;
    }

    /// <summary>Answers a request for a song or feed that could not be fetched.</summary>
    public static Task WriteFaultAsync(HttpContext context, FetchFault fault)
    {
        ArgumentNullException.ThrowIfNull(fault);
        var status = fault.Kind switch
        {
            FetchFaultKind.TooMany => StatusCodes.Status429TooManyRequests,
            FetchFaultKind.HostsFailed => StatusCodes.Status502BadGateway,
            _ => StatusCodes.Status503ServiceUnavailable,
        };
        if (status != StatusCodes.Status502BadGateway)
            SetRetryAfter(context, fault.RetryAfter ?? TimeSpan.FromSeconds(10));
        return WriteAsync(context, status, fault.Reason);
    }

    /// <summary>Writes a status and a line of text.</summary>
    public static Task WriteAsync(HttpContext context, int status, string text)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = "text/plain; charset=utf-8";
        context.Response.Headers.CacheControl = "no-store";
        return context.Response.WriteAsync(text + "\n", context.RequestAborted);
    }

    private static void SetRetryAfter(HttpContext context, TimeSpan wait) =>
        context.Response.Headers.RetryAfter = Math.Max(1, (long)Math.Ceiling(wait.TotalSeconds)).ToString(CultureInfo.InvariantCulture);
}
