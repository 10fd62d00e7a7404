using System.Security.Cryptography;
using TspActors.Gateway.Library;

namespace TspActors.Gateway.Security;

/// <summary>One-time tokens that log a browser in. Each is valid for ten minutes and for one use. Thread-safe.</summary>
internal sealed class LoginTokens(TimeProvider time)
{
    /// <summary>How long a token is valid.</summary>
    public static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(10);

    private const int MaxTokens = 100;

    private readonly Lock _lock = new();
    private readonly Dictionary<string, (Caller Caller, long Made)> _tokens = new(StringComparer.Ordinal);

    /// <summary>Creates a token.</summary>
    public string Create(Caller caller)
    {
        var token = Base32.Encode(RandomNumberGenerator.GetBytes(20));
        lock (_lock)
        {
            if (_tokens.Count >= MaxTokens)
                _tokens.Remove(_tokens.MinBy(entry => entry.Value.Made).Key);
            _tokens[token] = (caller, time.GetTimestamp());
        }

        return token;
    }

    /// <summary>Redeems a token. It cannot be used again.</summary>
    /// <returns>The caller that it logs in; null = the token does not exist, has been used, or has expired.</returns>
    public Caller? Redeem(string token)
    {
        lock (_lock)
            return _tokens.Remove(token, out var known) && time.GetElapsedTime(known.Made) <= Lifetime ? known.Caller : null;
    }
}
