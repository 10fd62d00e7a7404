namespace TspActors.Playback;

/// <summary>The limits of a <see cref="SongPlayer"/>.</summary>
public sealed record SongPlayerSettings
{
    /// <summary>
    /// The maximum playing time that is buffered between the network and the output, based on the bitrate so far. When it is exceeded, a
    /// writer waits.
    /// </summary>
    public TimeSpan InputBufferTime { get; init; } = TimeSpan.FromSeconds(20);

    /// <summary>
    /// The maximum number of MP3 bytes that are buffered, regardless of their playing time. The default is 20 s at 320 kbit/s, rounded up.
    /// </summary>
    public int InputBufferBytes { get; init; } = 1024 * 1024;

    /// <summary>How much sound must be decoded before playback starts, or continues after a stall.</summary>
    public TimeSpan StartThreshold { get; init; } = TimeSpan.FromMilliseconds(250);

    /// <summary>The initial volume, 0 to 100.</summary>
    public int Volume { get; init; } = 100;

    /// <summary>How long <see cref="SongPlayer.Dispose"/> waits for the player's thread if a device hangs.</summary>
    public TimeSpan CloseDeadline { get; init; } = TimeSpan.FromSeconds(2);
}
