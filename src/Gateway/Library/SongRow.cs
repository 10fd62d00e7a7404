using TspActors.Protocol;

namespace TspActors.Gateway.Library;

/// <summary>What the library's table of songs has for each of them.</summary>
/// <remarks>
/// There is one for each song of the swarm, so it is small, and a value: artists, albums and the like are ordinals, and texts are the
/// strings of the catalog wherever they need no cleaning. The runtime orders the fields without gaps: 128 bytes.
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

    /// <summary>Since when no host has the song, in Unix seconds; 0 = one has it.</summary>
    public uint AwaySince;

    /// <summary>The tracker's id; 0 = no host has the song.</summary>
    public int TrackerId;

    /// <summary>The artist of the track; -1 = not described yet.</summary>
    public int Artist;

    /// <summary>The album that the song is on; -1 = not described yet.</summary>
    public int Album;

    /// <summary>The artist of the album as tagged; -1 = none.</summary>
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

    /// <summary>The listing of the catalog that named the song last. Only whether it is the same matters, so it may overflow.</summary>
    public ushort Listing;

    public byte Channels;

    public bool IsVbr;

    /// <summary>Whether lists show the song: it has a host or lost it a moment ago.</summary>
    public bool IsListed;

    /// <summary>Whether another encoding of the same track is shown in its place.</summary>
    public bool IsHidden;

    /// <summary>Whether the counts of its artist and genre include the song.</summary>
    public bool IsCounted;

    /// <summary>Whether the song was forgotten. Its row remains until the tables are compacted.</summary>
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
