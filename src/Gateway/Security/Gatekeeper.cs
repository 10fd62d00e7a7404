using System.Net;
using System.Text;
using Microsoft.AspNetCore.Http;

namespace TspActors.Gateway.Security;

/// <summary>Checks device keys, tokens and cookies against the devices.</summary>
internal sealed class Gatekeeper(
    GatewaySettings settings, DeviceStore devices, Sessions sessions, LoginTokens logins, TimeProvider time) : IGatekeeper
{
    /// <summary>The caller of every request if the gateway requires no keys.</summary>
    public static readonly Caller Anyone = new("anyone", "none");

    private const string PlainCookie = "tsp_session";
    private const string SecureCookie = "__Host-tsp_session";
    private const int MaxCredential = 512;

    private static readonly TimeSpan GuessDelay = TimeSpan.FromSeconds(1);

    private readonly Guesses _guesses = new(settings.Limits.MaxWrongKeys, time);

    private TimeSpan SessionAge => TimeSpan.FromDays(settings.Limits.SessionDays);

    // The original message names a path on this machine, which must not be shown to callers who have not yet proved that they have a key.
    private IReadOnlyList<Device> Known
    {
        get
        {
            try
            {
                return devices.Devices;
            }
            catch (DeviceException)
            {
                throw new DeviceException("keys cannot be checked now; \"peer device list\" on the gateway's machine says why");
            }
        }
    }

    /// <inheritdoc/>
    public async ValueTask<Admission> CheckSubsonicAsync(HttpContext context, SubsonicCredentials credentials)
    {
        var (user, password, token, salt, apiKey) = credentials;
        var client = credentials.Client ?? "";
        if (!settings.RequiresKeys)
            return AdmitWithoutKey(context);
        if (apiKey is not null)
        {
            return user is not null || password is not null || token is not null || salt is not null
                ? new Admission(null, CredentialFault.Conflicting)
                : await GuessAsync(
                    context, "", device => KeyProof.IsSame(device.Key, apiKey), client, CredentialFault.WrongApiKey).ConfigureAwait(false);
        }

        if (user is null || (password is null && (token is null || salt is null)))
            return new Admission(null, CredentialFault.Missing);
        return await GuessAsync(
            context, user, device => IsUser(user, device)
                && (password is not null ? KeyProof.IsPassword(device.Key, password) : KeyProof.IsToken(device.Key, token!, salt!)), client)
            .ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public Admission CheckSession(HttpContext context)
    {
        if (!settings.RequiresKeys)
            return new Admission(Anyone);
        if (CookieOf(context) is not { } cookie)
            return new Admission(null, CredentialFault.Missing);
        if (sessions.Find(cookie, out var isRenewed) is not { } id || Known.FirstOrDefault(known => known.Id == id) is not { } device)
            return new Admission(null, CredentialFault.Wrong);
        // The browser deletes the cookie at the end of the cookie's own lifetime, so the cookie must be renewed together with the session.
        if (isRenewed && !context.Response.HasStarted)
            SetCookie(context, cookie, SessionAge);
        return new Admission(CallerOf(device) with { Session = Sessions.HashOf(cookie) });
    }

    /// <inheritdoc/>
    public async ValueTask<Admission> CheckMediaAsync(HttpContext context)
    {
        if (!settings.RequiresKeys)
            return AdmitWithoutKey(context);
        if (CheckSession(context) is { Caller: not null } session)
            return session;
        if (context.Request.Query["k"].ToString() is { Length: > 0 and <= MaxCredential } token)
            return await GuessAsync(context, "", device => KeyProof.IsSame(KeyProof.MediaToken(device), token)).ConfigureAwait(false);
        return Basic(context) is var (user, key)
            ? await GuessAsync(context, user, device => IsUser(user, device) && KeyProof.IsSame(device.Key, key)).ConfigureAwait(false)
            : new Admission(null, CredentialFault.Missing);
    }

    /// <inheritdoc/>
    public string MediaToken(Caller caller) =>
        devices.Devices.FirstOrDefault(device => device.Id == caller.DeviceId) is { } device ? KeyProof.MediaToken(device) : "";

    /// <inheritdoc/>
    public string? CheckSameSite(HttpContext context)
    {
        var headers = context.Request.Headers;
        if (headers.TryGetValue("Sec-Fetch-Site", out var site) && site.ToString() is not ("same-origin" or "none"))
            return "the request came from another site";
        if (headers.TryGetValue("Origin", out var origin)
            && !(Uri.TryCreate(origin.ToString(), UriKind.Absolute, out var url)
                && string.Equals(url.Authority, Authority(context), StringComparison.OrdinalIgnoreCase)))
            return "the request came from another origin";
        return null;
    }

    /// <summary>Logs a browser in with a device key or a one-time token, and sets the cookie.</summary>
    public async ValueTask<Admission> LogInAsync(HttpContext context, string? key, string? login)
    {
        if (!settings.RequiresKeys)
            return new Admission(Anyone);
        Admission admission;
        if (login is { Length: > 0 and <= MaxCredential })
            admission = logins.Redeem(login) is { } caller
                ? new Admission(caller)
                : await GuessAsync(context, "", _ => false).ConfigureAwait(false);
        else if (key is { Length: > 0 and <= MaxCredential })
            admission = await GuessAsync(context, "", device => KeyProof.IsSame(device.Key, key.Trim().ToLowerInvariant())).ConfigureAwait(false);
        else
            admission = new Admission(null, CredentialFault.Missing);
        if (admission.Caller is { } known)
            SetCookie(context, sessions.Begin(known.DeviceId), SessionAge);
        return admission;
    }

    /// <summary>Logs the browser out.</summary>
    public void LogOut(HttpContext context)
    {
        // The browser forgets the cookie even if the disk is full and the session cannot be removed.
        SetCookie(context, "", TimeSpan.Zero);
        if (CookieOf(context) is { } cookie)
            sessions.End(cookie);
    }

    // CORS lets pages on other sites read the response, so if no keys are required, requests from such pages are refused.
    private Admission AdmitWithoutKey(HttpContext context) => CheckSameSite(context) is null || !IsFromBrowser(context)
        ? new Admission(Anyone)
        : new Admission(null, CredentialFault.Wrong);

    private bool IsUser(string user, Device device) =>
        string.Equals(user, settings.User, StringComparison.OrdinalIgnoreCase)
            || string.Equals(user, device.Name, StringComparison.OrdinalIgnoreCase);

    private async ValueTask<Admission> GuessAsync(
        HttpContext context, string user, Func<Device, bool> isRight, string client = "", CredentialFault fault = CredentialFault.Wrong)
    {
        var address = context.Connection.RemoteIpAddress ?? IPAddress.Loopback;
        if (!_guesses.TryTake(address, user, out var retryAfter))
            return new Admission(null, CredentialFault.TooMany, retryAfter);
        Device? found = null;
        try
        {
            // Every device is tried, so that the response time does not reveal which one matched.
            foreach (var device in Known)
            {
                if (isRight(device))
                    found = device;
            }
        }
        catch (DeviceException)
        {
            _guesses.GiveBack(address, user);
            throw;
        }

        if (found is null)
        {
            await Task.Delay(GuessDelay, time, context.RequestAborted).ConfigureAwait(false);
            return new Admission(null, fault);
        }

        _guesses.GiveBack(address, user);
        devices.RecordUse(found, client);
        return new Admission(CallerOf(found));
    }

    private static Caller CallerOf(Device device) => new(device.Name, device.Id);

    private static string Authority(HttpContext context) => context.Request.Host.Value ?? "";

    private static bool IsFromBrowser(HttpContext context) =>
        context.Request.Headers.ContainsKey("Origin") || context.Request.Headers.ContainsKey("Sec-Fetch-Site");

    private static string? CookieOf(HttpContext context) =>
        context.Request.Cookies[context.Request.IsHttps ? SecureCookie : PlainCookie] is { Length: > 0 and <= MaxCredential } cookie
            ? cookie : null;

    private static void SetCookie(HttpContext context, string value, TimeSpan age) => context.Response.Cookies.Append(
        context.Request.IsHttps ? SecureCookie : PlainCookie, value,
        new CookieOptions { HttpOnly = true, SameSite = SameSiteMode.Strict, Path = "/", Secure = context.Request.IsHttps, MaxAge = age });

    private static (string User, string Key)? Basic(HttpContext context)
    {
        const string scheme = "Basic ";
        var header = context.Request.Headers.Authorization.ToString();
        if (header.Length > 2 * MaxCredential || !header.StartsWith(scheme, StringComparison.OrdinalIgnoreCase))
            return null;
        var bytes = new byte[header.Length];
        if (!Convert.TryFromBase64String(header[scheme.Length..].Trim(), bytes, out var count))
            return null;
        var text = Encoding.UTF8.GetString(bytes, 0, count);
        return text.IndexOf(':', StringComparison.Ordinal) is >= 0 and var colon ? (text[..colon], text[(colon + 1)..]) : null;
    }
}
