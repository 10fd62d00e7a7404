namespace TspActors.Playback;

/// <summary>How sound devices are looked for and opened.</summary>
public sealed record AudioSettings
{
    /// <summary>
    /// Drivers of libout123 in the order they are tried. The library's own list is not used: without a device its jack, openal and portaudio
    /// modules write pages to stderr and can hang, and its dummy driver "plays" everything at once.
    /// </summary>
    public IReadOnlyList<string> Drivers { get; init; } = OperatingSystem.IsMacOS() ? ["coreaudio"] : ["pulse", "alsa", "oss"];

    /// <summary>Sound the device may hold: the delay of pause and volume.</summary>
    public TimeSpan DeviceBuffer { get; init; } = TimeSpan.FromMilliseconds(200);

    /// <summary>How often a lost or missing device is looked for while the sound goes on silently.</summary>
    public TimeSpan DeviceRetry { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>How long a device may take nothing, or not answer, beyond the sound that it holds, before it is lost.</summary>
    public TimeSpan DeviceDeadline { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>How long the program mpg123 may take to start, to accept bytes and to end before it is killed.</summary>
    public TimeSpan ProgramDeadline { get; init; } = TimeSpan.FromSeconds(2);
}
