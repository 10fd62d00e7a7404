using System.Net;

namespace TspActors.Gateway.Security;

/// <summary>
/// Counts the wrong device keys received within a minute, for each pair of an address (or an IPv6 /64) and a user name. Thread-safe.
/// </summary>
/// <remarks>
/// A guess is counted before the key is checked, so that parallel guesses count too. If the key is right, the guess is subtracted again.
/// </remarks>
internal sealed class Guesses(int max, TimeProvider time)
{
    private const int MaxCounted = 10_000;

    private static readonly TimeSpan Window = TimeSpan.FromMinutes(1);

    private readonly Lock _lock = new();
    private readonly Dictionary<(IPAddress Block, string User), (int Count, long Since)> _counts = [];

    /// <summary>Counts a guess, if the limit allows it.</summary>
    /// <param name="address">The address of the client.</param>
    /// <param name="user">The user name that the client sent.</param>
    /// <param name="retryAfter">How long to wait before trying again, if the limit is reached.</param>
    /// <returns>False if the limit is reached.</returns>
    public bool TryTake(IPAddress address, string user, out TimeSpan retryAfter)
    {
        retryAfter = TimeSpan.Zero;
        var now = time.GetTimestamp();
        var key = KeyOf(address, user);
        lock (_lock)
        {
            if (_counts.Count >= MaxCounted && !_counts.ContainsKey(key))
                Forget(now);
            var (count, since) = _counts.TryGetValue(key, out var known) && time.GetElapsedTime(known.Since, now) < Window
                ? known : (0, now);
            if (count >= max)
            {
                retryAfter = Window - time.GetElapsedTime(since, now);
                return false;
            }

            _counts[key] = (count + 1, since);
            return true;
        }
    }

    /// <summary>Subtracts a guess from the count, because the key was right.</summary>
    public void GiveBack(IPAddress address, string user)
    {
        lock (_lock)
        {
            if (_counts.TryGetValue(KeyOf(address, user), out var known))
                _counts[KeyOf(address, user)] = known with { Count = Math.Max(0, known.Count - 1) };
        }
    }

    private void Forget(long now)
    {
        foreach (var (key, _) in _counts.Where(entry => time.GetElapsedTime(entry.Value.Since, now) >= Window).ToList())
            _counts.Remove(key);
        // This many addresses within a minute indicate a distributed attack. The oldest count is dropped to make room.
        if (_counts.Count >= MaxCounted)
            _counts.Remove(_counts.MinBy(entry => entry.Value.Since).Key);
    }

    private static (IPAddress Block, string User) KeyOf(IPAddress address, string user) =>
        (AddressBlock.Of(address), user.Length > 64 ? user[..64].ToLowerInvariant() : user.ToLowerInvariant());
}
