namespace TspActors.Playback;

/// <summary>The limits of a <see cref="SongPlayer"/>.</summary>
public sealed record SongPlayerSettings
{
    /// <summary>
    /// The maximum playing time buffered between network and sound, by the bitrate decoded so far. A writer waits beyond it.
    /// </summary>
    public TimeSpan InputBufferTime { get; init; } = TimeSpan.FromSeconds(20);

    /// <summary>
    /// The maximum number of MP3 bytes buffered, however short they play. The default holds 20 s of 320 kbit/s, rounded up.
    /// </summary>
    public int InputBufferBytes { get; init; } = 1024 * 1024;

    /// <summary>How much sound must be decoded before playback starts, and before it continues after a stall.</summary>
    public TimeSpan StartThreshold { get; init; } = TimeSpan.FromMilliseconds(250);

    /// <summary>The initial volume, 0 to 100.</summary>
    public int Volume { get; init; } = 100;

    /// <summary>How long <see cref="SongPlayer.Dispose"/> waits for the player's thread if a device hangs.</summary>
    public TimeSpan CloseDeadline { get; init; } = TimeSpan.FromSeconds(2);
}
