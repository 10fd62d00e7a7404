using TspActors.Protocol;

namespace TspActors.Gateway.Library;

/// <summary>A row of the library's song table.</summary>
/// <remarks>
/// There is one row for each song in the swarm, so rows are kept small: artists, albums and the like are ordinals, and the strings are
/// the same objects as in the catalog unless they need cleaning. The runtime lays out the fields without gaps, in 128 bytes.
/// </remarks>
internal struct SongRow
{
    private const short UnknownGain = short.MinValue;
    private uint _trackPeak;
    private uint _albumPeak;
    private short _trackGain;
    private short _albumGain;

    /// <summary>The content hash.</summary>
    public ContentHash Hash;

    public string Title;

    /// <summary>The name of the album as tagged; empty = none.</summary>
    public string AlbumName;

    public long Size;

    /// <summary>When this peer first saw the song, in Unix seconds.</summary>
    public uint FirstSeen;

    /// <summary>When the song's last host left, in Unix seconds; 0 = the song has a host.</summary>
    public uint AwaySince;

    /// <summary>The song id, which the tracker assigned; 0 = no host has the song.</summary>
    public int TrackerId;

    /// <summary>The artist of the track; -1 = not described yet.</summary>
    public int Artist;

    /// <summary>The album that the song is on; -1 = not described yet.</summary>
    public int Album;

    /// <summary>The album artist as tagged; -1 = none.</summary>
    public int TaggedAlbumArtist;

    /// <summary>The genre; -1 = none.</summary>
    public int Genre;

    /// <summary>The cover; -1 = none.</summary>
    public int Cover;

    public int DurationMs;

    public int BitrateBps;

    public int SampleRateHz;

    public ushort Track;

    public ushort Disc;

    public ushort Year;

    public ushort Hosts;

    /// <summary>The number of the last catalog listing that contained the song. It is compared only for equality, so it may
    /// overflow.</summary>
    public ushort Listing;

    public byte Channels;

    public bool IsVbr;

    /// <summary>Whether lists may show the song: it has a host, or recently lost its last one.</summary>
    public bool IsListed;

    /// <summary>Whether another encoding of the same track is shown in its place.</summary>
    public bool IsHidden;

    /// <summary>Whether the counts of its artist and genre include the song.</summary>
    public bool IsCounted;

    /// <summary>Whether the song has been forgotten. Its row remains until the tables are compacted.</summary>
    public bool IsForgotten;

    /// <summary>The ReplayGain.</summary>
    public ReplayGainValues Gain
    {
        readonly get => new(
            _trackGain == UnknownGain ? null : _trackGain, _trackPeak == 0 ? null : _trackPeak,
            _albumGain == UnknownGain ? null : _albumGain, _albumPeak == 0 ? null : _albumPeak);
        set
        {
            (_trackPeak, _albumPeak) = (value.TrackPeakPpm ?? 0, value.AlbumPeakPpm ?? 0);
            (_trackGain, _albumGain) = ((short)(value.TrackGainCdb ?? UnknownGain), (short)(value.AlbumGainCdb ?? UnknownGain));
        }
    }

    /// <summary>Whether lists show the song.</summary>
    public readonly bool IsShown => IsListed && !IsHidden;
}
