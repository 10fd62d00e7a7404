namespace TspActors.Playback;

/// <summary>Settings for finding and opening sound devices.</summary>
public sealed record AudioSettings
{
    /// <summary>The sound systems to try, in order.</summary>
    public IReadOnlyList<string> Drivers { get; init; } =
        OperatingSystem.IsWindows() ? ["wasapi", "waveout"] : OperatingSystem.IsMacOS() ? ["coreaudio"] : ["pulse", "alsa", "oss", "program"];

    /// <summary>The name of the device to play on; null for the default device of the first sound system that has one.</summary>
    public string? Device { get; init; }

    /// <summary>
    /// The maximum duration of the audio that the device may buffer. A pause or a volume change becomes audible only after this delay.
    /// </summary>
    public TimeSpan DeviceBuffer { get; init; } = TimeSpan.FromMilliseconds(200);

    /// <summary>How often to look for a lost or missing device while playback continues silently.</summary>
    public TimeSpan DeviceRetry { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>How long a device may stall or fail to respond, after its buffered audio has played, before it counts as lost.</summary>
    public TimeSpan DeviceDeadline { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>How long the mpg123 program may take to accept bytes, or to exit, before it is killed.</summary>
    public TimeSpan ProgramDeadline { get; init; } = TimeSpan.FromSeconds(2);
}
