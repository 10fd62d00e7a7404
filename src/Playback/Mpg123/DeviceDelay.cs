namespace TspActors.Playback.Mpg123;

/// <summary>
/// Estimates how much sound a device still has buffered if its driver does not report it: the duration of the sound written since the
/// device was last empty, minus the time since then. The estimate ignores the device's own clock and start-up time, so it can be wrong by
/// tens of milliseconds.
/// </summary>
internal sealed class DeviceDelay(TimeProvider time)
{
    private long _startedAt;
    private TimeSpan _given;

    public TimeSpan Held => _given - time.GetElapsedTime(_startedAt) is var held && held > TimeSpan.Zero ? held : TimeSpan.Zero;

    /// <summary>Prepares a write. If the device has played everything, the estimate starts over.</summary>
    public void BeforeWrite()
    {
        if (Held > TimeSpan.Zero)
            return;
        _startedAt = time.GetTimestamp();
        _given = TimeSpan.Zero;
    }

    public void AfterWrite(TimeSpan duration) => _given += duration;

    /// <summary>Records that the device has played or dropped everything.</summary>
    public void Clear() => _given = TimeSpan.Zero;
}
