namespace TspActors.Playback;

/// <summary>The limits of a <see cref="SongPlayer"/>.</summary>
public sealed record SongPlayerSettings
{
    /// <summary>The most playing time held between network and sound, by the song's bitrate as far as it was decoded; a writer waits beyond it.</summary>
    public TimeSpan InputBufferTime { get; init; } = TimeSpan.FromSeconds(20);

    /// <summary>The most MP3 bytes held, however little time they are; by default what 20 s of 320 kbit/s need, rounded up.</summary>
    public int InputBufferBytes { get; init; } = 1024 * 1024;

    /// <summary>Sound that must be there before playing begins, and before it goes on after a stall; also what is decoded ahead.</summary>
    public TimeSpan StartThreshold { get; init; } = TimeSpan.FromMilliseconds(250);

    /// <summary>The volume at the start, 0 to 100.</summary>
    public int Volume { get; init; } = 100;

    /// <summary>How long <see cref="SongPlayer.Dispose"/> waits for the player's thread, should a device hang.</summary>
    public TimeSpan CloseDeadline { get; init; } = TimeSpan.FromSeconds(2);
}
