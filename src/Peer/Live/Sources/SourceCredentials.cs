using System.Security.Cryptography;
using System.Text;

namespace TspActors.Peer.Live.Sources;

/// <summary>Checks a source's user name and password (HTTP Basic).</summary>
internal static class SourceCredentials
{
    /// <summary>The user name of all sources, as in Icecast.</summary>
    public const string User = "source";

    private const string Scheme = "Basic ";
    private const int MaxLength = 1024;

    /// <summary>Returns whether the value of the Authorization header contains the user name and this password.</summary>
    public static bool Match(string authorization, string password)
    {
        if (password.Length == 0 || authorization.Length > MaxLength
            || !authorization.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase))
            return false;
        var shown = new byte[MaxLength];
        return Convert.TryFromBase64String(authorization[Scheme.Length..].Trim(), shown, out var length)
            && CryptographicOperations.FixedTimeEquals(shown.AsSpan(0, length), Encoding.UTF8.GetBytes($"{User}:{password}"));
    }
}
