using Microsoft.AspNetCore.Http;

namespace TspActors.Gateway.Security;

/// <summary>The URL at which clients reach the gateway.</summary>
internal sealed class PublicAddress(GatewaySettings settings)
{
    /// <summary>Returns the configured URL, or the one that the request was sent to. It has no slash at the end.</summary>
    public string Of(HttpContext context) => settings.PublicUrl.Length > 0
        ? settings.PublicUrl
        : $"{context.Request.Scheme}://{context.Request.Host.Value}{context.Request.PathBase.Value}";
}
