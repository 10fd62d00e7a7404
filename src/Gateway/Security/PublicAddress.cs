using Microsoft.AspNetCore.Http;

namespace TspActors.Gateway.Security;

/// <summary>The URL at which clients reach the gateway.</summary>
internal sealed class PublicAddress(GatewaySettings settings)
{
    /// <summary>Returns the configured URL or, if there is none, the base URL of the request. Neither has a trailing slash.</summary>
    public string Of(HttpContext context) => settings.PublicUrl.Length > 0
        ? settings.PublicUrl
        : $"{context.Request.Scheme}://{context.Request.Host.Value}{context.Request.PathBase.Value}";
}
