namespace TspActors.Playback;

/// <summary>
/// What a device has still to play, where the driver does not tell: what it was given, less the time since then. The device's own clock and the
/// time that it takes to begin are not in it, so it is right to some ten milliseconds.
/// </summary>
internal sealed class DeviceDelay(TimeProvider time)
{
    private long _startedAt;
    private TimeSpan _given;

    public TimeSpan Held => _given - time.GetElapsedTime(_startedAt) is var held && held > TimeSpan.Zero ? held : TimeSpan.Zero;

    /// <summary>Before sound is given to it: a device that has run dry begins anew.</summary>
    public void BeforeGiving()
    {
        if (Held > TimeSpan.Zero)
            return;
        _startedAt = time.GetTimestamp();
        _given = TimeSpan.Zero;
    }

    public void Given(TimeSpan duration) => _given += duration;

    /// <summary>Everything was played or dropped.</summary>
    public void Empty() => _given = TimeSpan.Zero;
}
