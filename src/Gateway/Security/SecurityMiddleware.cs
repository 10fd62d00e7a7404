using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.HttpOverrides;

namespace TspActors.Gateway.Security;

/// <summary>The checks that every request has to pass before it reaches an endpoint.</summary>
internal static class SecurityMiddleware
{
    private const string ContentPolicy =
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; media-src 'self'; connect-src 'self'; manifest-src 'self'; "
        + "base-uri 'none'; form-action 'self'; frame-ancestors 'none'; require-trusted-types-for 'script'";

    /// <summary>Adds the checks (trusted proxies, the Host header, clients on the Internet, the base path) and the security
    /// headers.</summary>
    public static void Use(IApplicationBuilder application, GatewaySettings settings)
    {
        if (settings.TrustedProxies.Count > 0)
            application.UseForwardedHeaders(Forwarded(settings.TrustedProxies));
        var hosts = new HostNames(settings);
        application.Use((context, next) => Check(context, settings, hosts) is var (status, text)
            ? RefuseAsync(context, status, text)
            : next(context));
        if (settings.BasePath.Length > 0)
        {
            application.UsePathBase(settings.BasePath);
            application.Use((context, next) => (context.Request.PathBase.HasValue, context.Request.Path.HasValue) switch
            {
                (false, _) => RefuseAsync(context, StatusCodes.Status404NotFound, $"everything is under {settings.BasePath}/"),
                // The page's links are relative, so its URL must end with a slash.
                (_, false) => RedirectAsync(context, settings.BasePath + "/" + context.Request.QueryString),
                _ => next(context),
            });
        }

        application.Use((context, next) =>
        {
            var headers = context.Response.Headers;
            headers.ContentSecurityPolicy = ContentPolicy;
            headers.XContentTypeOptions = "nosniff";
            headers["Referrer-Policy"] = "same-origin";
            headers["Cross-Origin-Opener-Policy"] = "same-origin";
            headers["Cross-Origin-Resource-Policy"] = "same-origin";
            headers["Permissions-Policy"] = "camera=(), microphone=(), geolocation=()";
            return next(context);
        });
    }

    private static (int Status, string Text)? Check(HttpContext context, GatewaySettings settings, HostNames hosts)
    {
        var address = context.Connection.RemoteIpAddress;
        if (!context.Request.Host.HasValue ? address is null || !IPAddress.IsLoopback(address) : !hosts.Allows(context.Request.Host.Host))
            return (StatusCodes.Status421MisdirectedRequest,
                "this host name is not allowed here; add it to tsp.peer.http.allowed-hosts, or use the IP address");
        if (!settings.AllowsInternet && address is not null && !AddressBlock.IsPrivate(address))
            return (StatusCodes.Status403Forbidden, "clients on the Internet are not allowed here (tsp.peer.http.allow-internet)");
        return null;
    }

    private static ForwardedHeadersOptions Forwarded(IReadOnlyList<string> proxies)
    {
        var options = new ForwardedHeadersOptions { ForwardedHeaders = ForwardedHeaders.XForwardedFor | ForwardedHeaders.XForwardedProto };
        options.KnownProxies.Clear();
        options.KnownIPNetworks.Clear();
        foreach (var proxy in proxies)
        {
            if (IPAddress.TryParse(proxy, out var address))
                options.KnownProxies.Add(address);
            else if (System.Net.IPNetwork.TryParse(proxy, out var network))
                options.KnownIPNetworks.Add(network);
        }

        return options;
    }

    private static Task RedirectAsync(HttpContext context, string location)
    {
        context.Response.StatusCode = StatusCodes.Status308PermanentRedirect;
        context.Response.Headers.Location = location;
        return Task.CompletedTask;
    }

    private static Task RefuseAsync(HttpContext context, int status, string text)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = "text/plain; charset=utf-8";
        return context.Response.WriteAsync(text + "\n", context.RequestAborted);
    }
}
