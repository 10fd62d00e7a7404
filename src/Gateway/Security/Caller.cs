namespace TspActors.Gateway.Security;

/// <summary>The device that sent a request.</summary>
/// <param name="Device">The name of the device whose device key was sent; with a cookie, the name of the device that the session belongs
///   to.</param>
/// <param name="DeviceId">The stable id of the device; "none" if the gateway requires no device keys.</param>
internal sealed record Caller(string Device, string DeviceId)
{
    /// <summary>Identifies the browser session, if the request was admitted by its cookie; otherwise empty.</summary>
    public string Session { get; init; } = "";
}

/// <summary>The result of checking a request's credentials.</summary>
/// <param name="Caller">The caller; null = refused.</param>
/// <param name="Fault">Why it was refused.</param>
/// <param name="RetryAfter">With TooMany: how long to wait before trying again.</param>
internal readonly record struct Admission(Caller? Caller, CredentialFault Fault = CredentialFault.None, TimeSpan RetryAfter = default);

/// <summary>Why a request was refused.</summary>
internal enum CredentialFault
{
    None,

    /// <summary>There were no credentials.</summary>
    Missing,

    /// <summary>The user name or the device key was wrong.</summary>
    Wrong,

    /// <summary>An API key was wrong.</summary>
    WrongApiKey,

    /// <summary>An API key was sent together with a user name or a password.</summary>
    Conflicting,

    /// <summary>This address has sent too many wrong device keys.</summary>
    TooMany,
}
