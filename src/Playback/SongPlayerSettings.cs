namespace TspActors.Playback;

/// <summary>The limits and the initial volume of a <see cref="SongPlayer"/>.</summary>
public sealed record SongPlayerSettings
{
    /// <summary>
    /// The maximum playing time of the MP3 bytes that are waiting to be decoded, based on the bitrate so far. A writer waits until its
    /// bytes fit within this limit.
    /// </summary>
    public TimeSpan InputBufferTime { get; init; } = TimeSpan.FromSeconds(20);

    /// <summary>
    /// The maximum number of MP3 bytes that are waiting to be decoded, regardless of their playing time. The default is 20 s at 320 kbit/s,
    /// rounded up.
    /// </summary>
    public int InputBufferBytes { get; init; } = 1024 * 1024;

    /// <summary>How much sound must be decoded before playback starts, or continues after a stall.</summary>
    public TimeSpan StartThreshold { get; init; } = TimeSpan.FromMilliseconds(250);

    /// <summary>
    /// The longest crossfade between two songs; zero = none. Decoding runs ahead of the output by this time plus two seconds, and also
    /// covers this much of the next song. For 12 s of 48 kHz stereo, the decoded audio uses 5 MB in total. <see cref="SongCue.Fade"/>
    /// limits the crossfade of one song.
    /// </summary>
    public TimeSpan Crossfade { get; init; } = TimeSpan.Zero;

    /// <summary>The initial volume, from 0 to 100.</summary>
    public int Volume { get; init; } = 100;

    /// <summary>
    /// How long <see cref="SongPlayer.Dispose"/> and <see cref="SongPlayer.DisposeAsync"/> wait for the player's thread if a device hangs.
    /// </summary>
    public TimeSpan CloseDeadline { get; init; } = TimeSpan.FromSeconds(2);
}
