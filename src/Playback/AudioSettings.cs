namespace TspActors.Playback;

/// <summary>Settings for finding and opening sound devices.</summary>
public sealed record AudioSettings
{
    /// <summary>
    /// The libout123 drivers to try, in this order. The library's own list is unsuitable: without a device, its jack, openal and portaudio
    /// modules write pages of messages to stderr and can hang, and its dummy driver "plays" everything immediately.
    /// </summary>
    public IReadOnlyList<string> Drivers { get; init; } = OperatingSystem.IsMacOS() ? ["coreaudio"] : ["pulse", "alsa", "oss"];

    /// <summary>
    /// The maximum duration of the sound that the device may buffer. A pause or a volume change becomes audible with this delay.
    /// </summary>
    public TimeSpan DeviceBuffer { get; init; } = TimeSpan.FromMilliseconds(200);

    /// <summary>How often to look for a lost or missing device while playback continues silently.</summary>
    public TimeSpan DeviceRetry { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>How long a device may stall or not respond, after its buffered sound has played, before it counts as lost.</summary>
    public TimeSpan DeviceDeadline { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>How long the mpg123 program may take to accept bytes, or to exit, before it is killed.</summary>
    public TimeSpan ProgramDeadline { get; init; } = TimeSpan.FromSeconds(2);
}
