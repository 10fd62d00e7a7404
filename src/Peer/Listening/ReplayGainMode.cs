namespace TspActors.Peer.Listening;

/// <summary>Which of a song's ReplayGain values is applied.</summary>
public enum ReplayGainMode
{
    /// <summary>None: songs play unchanged.</summary>
    Off,

    /// <summary>The track gain, so that all songs are equally loud. If it is unknown, the album gain.</summary>
    Track,

    /// <summary>The album gain, so that the songs of an album keep their relative loudness. If it is unknown, the track gain.</summary>
    Album,
}
