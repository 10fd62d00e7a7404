namespace TspActors.Playback.Mpg123;

/// <summary>
/// Estimates how much sound a device still holds when its driver does not say: what it was given, less the time since. The estimate ignores
/// the device's own clock and its start-up time, so it is accurate to some ten milliseconds.
/// </summary>
internal sealed class DeviceDelay(TimeProvider time)
{
    private long _startedAt;
    private TimeSpan _given;

    public TimeSpan Held => _given - time.GetElapsedTime(_startedAt) is var held && held > TimeSpan.Zero ? held : TimeSpan.Zero;

    /// <summary>Call before writing to the device: a device that ran dry starts over.</summary>
    public void BeforeWrite()
    {
        if (Held > TimeSpan.Zero)
            return;
        _startedAt = time.GetTimestamp();
        _given = TimeSpan.Zero;
    }

    public void AfterWrite(TimeSpan duration) => _given += duration;

    /// <summary>Call when the device has played or dropped everything.</summary>
    public void Clear() => _given = TimeSpan.Zero;
}
