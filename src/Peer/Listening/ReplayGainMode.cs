namespace TspActors.Peer.Listening;

/// <summary>Which ReplayGain of a song is used.</summary>
public enum ReplayGainMode
{
    /// <summary>None: songs play as they are.</summary>
    Off,

    /// <summary>That of the track, so that all songs are equally loud. If it is unknown, that of the album.</summary>
    Track,

    /// <summary>That of the album, so that the songs of an album keep their differences. If it is unknown, that of the track.</summary>
    Album,
}
