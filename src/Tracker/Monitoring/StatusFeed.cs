using System.Text.Json;

namespace TspActors.Tracker.Monitoring;

/// <summary>
/// The status report as JSON. It is collected on request, but at most twice a second, no matter how many pages are open. Thread-safe.
/// </summary>
/// <param name="collect">Returns the current values.</param>
/// <param name="time">The clock.</param>
internal sealed class StatusFeed(Func<StatusReport> collect, TimeProvider time)
{
    /// <summary>How long a report is served before the next one is collected.</summary>
    public static readonly TimeSpan MaxAge = TimeSpan.FromMilliseconds(500);

    private readonly Lock _lock = new();
    private byte[] _json = [];
    private long _collected;

    /// <summary>Returns a report no older than <see cref="MaxAge"/>.</summary>
    public ReadOnlyMemory<byte> Read()
    {
        lock (_lock)
        {
            if (_json.Length > 0 && time.GetElapsedTime(_collected) < MaxAge)
                return _json;
            _collected = time.GetTimestamp();
            return _json = JsonSerializer.SerializeToUtf8Bytes(collect(), JsonSerializerOptions.Web);
        }
    }
}
