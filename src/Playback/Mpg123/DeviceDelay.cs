namespace TspActors.Playback.Mpg123;

/// <summary>
/// Estimates how much sound a device still holds if its driver does not report it: the sound written so far, minus the time since. The
/// estimate ignores the device's own clock and start-up time, so it can be off by some ten milliseconds.
/// </summary>
internal sealed class DeviceDelay(TimeProvider time)
{
    private long _startedAt;
    private TimeSpan _given;

    public TimeSpan Held => _given - time.GetElapsedTime(_startedAt) is var held && held > TimeSpan.Zero ? held : TimeSpan.Zero;

    /// <summary>Call this before each write. A device that has played everything restarts the estimate.</summary>
    public void BeforeWrite()
    {
        if (Held > TimeSpan.Zero)
            return;
        _startedAt = time.GetTimestamp();
        _given = TimeSpan.Zero;
    }

    public void AfterWrite(TimeSpan duration) => _given += duration;

    /// <summary>Call this when the device has played or dropped everything.</summary>
    public void Clear() => _given = TimeSpan.Zero;
}
