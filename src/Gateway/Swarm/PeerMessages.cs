using TspActors.Protocol;
using TspActors.Transport;

namespace TspActors.Gateway.Swarm;

/// <summary>To the peer: report its own state. The reply is <see cref="PeerReport"/>.</summary>
public sealed record GetPeerReport : ILocalMessage
{
    /// <summary>The only instance.</summary>
    public static readonly GetPeerReport Instance = new();
}

/// <summary>The state of the peer.</summary>
/// <param name="Name">The peer's display name.</param>
/// <param name="PeerId">The peer's id, as 32 hexadecimal digits.</param>
/// <param name="Address">The address at which it serves requesters; empty if it hosts nothing.</param>
/// <param name="Link">The state of the tracker link.</param>
/// <param name="IsPortReachable">Whether others can connect to the port; null = unknown.</param>
/// <param name="SongsShared">The number of songs that the peer shares.</param>
/// <param name="SongsRefused">The number of the peer's songs that the tracker refused.</param>
/// <param name="LibraryProblems">The files that are not shared, each with a human-readable reason; at most 200.</param>
/// <param name="Streams">The streams that the peer is sending to requesters, newest first; at most 200.</param>
/// <param name="MaxStreams">The maximum number of such streams; 0 = no limit.</param>
/// <param name="UploadLimit">The upload limit, in human-readable form.</param>
public sealed record PeerReport(
    string Name, string PeerId, string Address, SwarmLink Link, bool? IsPortReachable, int SongsShared, int SongsRefused,
    IReadOnlyList<string> LibraryProblems, IReadOnlyList<OutgoingTransfer> Streams, int MaxStreams, string UploadLimit) : ILocalMessage
{
    /// <summary>The number of streams that the peer is sending to requesters.</summary>
    public int Active { get; init; }
}

/// <summary>A stream that the peer is sending to a requester.</summary>
/// <param name="Song">The title of the song or live feed.</param>
/// <param name="Requester">The peer id that the requester gave; null = none.</param>
/// <param name="IsDownload">Whether the song is sent as fast as possible instead of in real time.</param>
public sealed record OutgoingTransfer(string Song, PeerId? Requester, bool IsDownload);

/// <summary>To the peer: report the hosts of a song. The reply is <see cref="SongHosts"/>.</summary>
/// <param name="SongId">The tracker's id for the song.</param>
public sealed record GetSongHosts(int SongId) : ILocalMessage;

/// <summary>The hosts of a song, as the tracker describes them; empty if there are none, or if the tracker did not reply.</summary>
public sealed record SongHosts(IReadOnlyList<Host> Hosts) : ILocalMessage;

/// <summary>To the peer: control its own loudspeaker. The reply is <see cref="SpeakerReply"/>.</summary>
/// <param name="Command">The command.</param>
/// <param name="Songs">With Play and Enqueue: the songs, as the tracker's ids with titles; otherwise empty.</param>
/// <param name="Value">With Seek: the position in milliseconds. With Volume: from 0 to 100.</param>
public sealed record ControlSpeaker(SpeakerCommand Command, IReadOnlyList<SpeakerSong> Songs, long Value = 0) : ILocalMessage;

/// <summary>A song for the loudspeaker.</summary>
public sealed record SpeakerSong(int SongId, string Title);

/// <summary>The commands of <see cref="ControlSpeaker"/>.</summary>
public enum SpeakerCommand
{
    Play,
    Enqueue,
    Pause,
    Resume,
    Next,
    Stop,
    Seek,
    Volume,
    Shuffle,
    RepeatOff,
    RepeatOne,
    RepeatAll,
}

/// <summary>The reply to <see cref="ControlSpeaker"/>.</summary>
/// <param name="IsDone">Whether the command was carried out.</param>
/// <param name="Text">The human-readable result, or the reason why the command was not carried out.</param>
public sealed record SpeakerReply(bool IsDone, string Text) : ILocalMessage;

/// <summary>To the peer: report the state of its loudspeaker. The reply is <see cref="SpeakerState"/>.</summary>
public sealed record GetSpeaker : ILocalMessage
{
    /// <summary>The only instance.</summary>
    public static readonly GetSpeaker Instance = new();
}

/// <summary>The state of the peer's loudspeaker.</summary>
/// <param name="HasSpeaker">Whether this peer can play at all; a peer started with the serve command cannot.</param>
/// <param name="SongId">The tracker's id for the current song; 0 = none.</param>
/// <param name="Title">The title of the current song.</param>
/// <param name="Artist">The artist of the current song.</param>
/// <param name="Host">The host that is sending the current song.</param>
/// <param name="PositionMs">The position in milliseconds.</param>
/// <param name="DurationMs">The duration in milliseconds.</param>
/// <param name="IsPaused">Whether playback is paused.</param>
/// <param name="Volume">The volume, from 0 to 100.</param>
/// <param name="Repeat">off, one or all.</param>
/// <param name="Queue">The waiting songs.</param>
public sealed record SpeakerState(
    bool HasSpeaker, int SongId, string Title, string Artist, string Host, long PositionMs, long DurationMs, bool IsPaused, int Volume,
    string Repeat, IReadOnlyList<SpeakerSong> Queue) : ILocalMessage;

/// <summary>
/// To the peer: fetch the front cover with this hash, from the peer's own files or from a host of the song. The reply is
/// <see cref="CoverFetched"/>.
/// </summary>
/// <param name="SongId">The tracker's id for a song with this cover; 0 = look only in the peer's own files.</param>
/// <param name="Cover">The SHA-256 of the picture.</param>
public sealed record FetchCover(int SongId, ContentHash Cover) : ILocalMessage;

/// <summary>The reply to <see cref="FetchCover"/>.</summary>
/// <param name="Picture">The bytes of the picture, verified against the hash; empty = it could not be fetched.</param>
/// <param name="Reason">Why it could not be fetched; empty if it was.</param>
public sealed record CoverFetched(ReadOnlyMemory<byte> Picture, string Reason = "") : ILocalMessage;
