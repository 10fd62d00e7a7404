namespace TspActors.Playback.Outputs;

/// <summary>
/// How much sound a device has buffered: the delay that it last reported, minus the time since then. Callers therefore need not query a
/// device that may hang.
/// </summary>
internal sealed class MeasuredDelay(TimeProvider time)
{
    private long _measuredAt;
    private TimeSpan _measured;

    internal TimeSpan Held => _measured - time.GetElapsedTime(_measuredAt) is var held && held > TimeSpan.Zero ? held : TimeSpan.Zero;

    /// <summary>Records the delay that the device has just reported.</summary>
    internal void Set(TimeSpan delay) => (_measured, _measuredAt) = (delay, time.GetTimestamp());

    /// <summary>Records that the device is empty.</summary>
    internal void Clear() => _measured = TimeSpan.Zero;
}
