using System.Security.Cryptography;
using System.Text;
using TspActors.Gateway.Library;
using TspActors.Gateway.Storage;

namespace TspActors.Gateway.Security;

/// <summary>The sessions of logged-in browsers. The database stores a hash of each cookie, never the cookie itself.
/// Thread-safe.</summary>
internal sealed class Sessions
{
    // A change that cannot be written is not made in memory either. Otherwise, a session that has ended would come back after a restart.

    // The minimum time between two writes of a session's last visit.
    private static readonly TimeSpan WriteInterval = TimeSpan.FromHours(1);

    private readonly Lock _lock = new();
    private readonly GatewayDatabase _database;
    private readonly GatewayLimits _limits;
    private readonly TimeProvider _time;
    private readonly Dictionary<string, (string Device, DateTimeOffset Used)> _sessions = new(StringComparer.Ordinal);

    public Sessions(GatewayDatabase database, GatewayLimits limits, TimeProvider time)
    {
        (_database, _limits, _time) = (database, limits, time);
        foreach (var (hash, device, used) in database.Read("SELECT hash, device, used FROM sessions", row =>
            (Convert.ToHexString(row.GetFieldValue<byte[]>(0)), row.GetString(1), DateTimeOffset.FromUnixTimeSeconds(row.GetInt64(2)))))
            _sessions[hash] = (device, used);
    }

    /// <summary>Begins a session.</summary>
    /// <returns>The value of the cookie.</returns>
    public string Begin(string deviceId)
    {
        var cookie = Base32.Encode(RandomNumberGenerator.GetBytes(32));
        lock (_lock)
        {
            if (_sessions.Count >= _limits.MaxSessions)
                Remove(_sessions.MinBy(session => session.Value.Used).Key);
            Write(HashOf(cookie), deviceId, _time.GetUtcNow());
        }

        return cookie;
    }

    /// <summary>Returns the id of the device that a session belongs to; null = there is no such session, or it has expired.</summary>
    /// <param name="cookie">The value of the cookie.</param>
    /// <param name="isRenewed">Whether this visit has extended the session. If so, the cookie must be set again with its new
    ///   lifetime.</param>
    public string? Find(string cookie, out bool isRenewed)
    {
        isRenewed = false;
        var hash = HashOf(cookie);
        lock (_lock)
        {
            if (!_sessions.TryGetValue(hash, out var session))
                return null;
            var idle = _time.GetUtcNow() - session.Used;
            var isOver = idle >= TimeSpan.FromDays(_limits.SessionDays);
            try
            {
                if (isOver)
                    Remove(hash);
                else if (idle >= WriteInterval)
                {
                    Write(hash, session.Device, _time.GetUtcNow());
                    isRenewed = true;
                }
            }
            catch (IOException)
            {
                // A full disk must not lock anyone out. The next visit tries again.
            }

            return isOver ? null : session.Device;
        }
    }

    /// <summary>Ends a session.</summary>
    public void End(string cookie)
    {
        lock (_lock)
            Remove(HashOf(cookie));
    }

    /// <summary>Ends all sessions of a device.</summary>
    public void EndAll(string deviceId)
    {
        lock (_lock)
        {
            foreach (var hash in _sessions.Where(session => session.Value.Device == deviceId).Select(session => session.Key).ToList())
                Remove(hash);
        }
    }

    private void Write(string hash, string device, DateTimeOffset used)
    {
        _database.Execute(
            "INSERT OR REPLACE INTO sessions (hash, device, used) VALUES ($hash, $device, $used)",
            ("$hash", Convert.FromHexString(hash)), ("$device", device), ("$used", used.ToUnixTimeSeconds()));
        _sessions[hash] = (device, used);
    }

    private void Remove(string hash)
    {
        if (!_sessions.ContainsKey(hash))
            return;
        _database.Execute("DELETE FROM sessions WHERE hash = $hash", ("$hash", Convert.FromHexString(hash)));
        _sessions.Remove(hash);
    }

    /// <summary>Returns the hash under which a session is stored.</summary>
    public static string HashOf(string cookie) => Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(cookie)));
}
