using Microsoft.AspNetCore.Http;

namespace TspActors.Gateway.Security;

/// <summary>Identifies the device that sent a request.</summary>
internal interface IGatekeeper
{
    /// <summary>Checks the credentials of a /rest request: apiKey, or u with p, or u with t and s. A cookie is never accepted.</summary>
    /// <remarks>Waits a second before it refuses a wrong device key.</remarks>
    ValueTask<Admission> CheckSubsonicAsync(HttpContext context, SubsonicCredentials credentials);

    /// <summary>Checks the session cookie of the web page.</summary>
    Admission CheckSession(HttpContext context);

    /// <summary>Checks a request for media: the session cookie, the media token in k, or HTTP Basic.</summary>
    ValueTask<Admission> CheckMediaAsync(HttpContext context);

    /// <summary>Returns the media token of the caller's device, for k=.</summary>
    string MediaToken(Caller caller);

    /// <summary>
    /// Checks that a request comes from the web page itself and not from another site (Origin and Sec-Fetch-Site).
    /// </summary>
    /// <returns>Why the request is refused, for the response; null = it comes from the web page.</returns>
    string? CheckSameSite(HttpContext context);
}

/// <summary>The credentials of a /rest request, as given. Null = absent or empty.</summary>
internal sealed record SubsonicCredentials(string? User, string? Password, string? Token, string? Salt, string? ApiKey)
{
    /// <summary>The name of the client program.</summary>
    public string? Client { get; init; }
}
