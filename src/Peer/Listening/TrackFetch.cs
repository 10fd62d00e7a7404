using Akka.Actor;
using TspActors.Mpeg;
using TspActors.Protocol;

namespace TspActors.Peer.Listening;

/// <summary>The fetch of one track: the actor that fetches it, and the sink that receives its bytes.</summary>
internal sealed class TrackFetch
{
    private Mp3SeekTable? _table;

    /// <summary>The sink that receives the bytes. Each seek replaces it.</summary>
    public PlayerSink Sink { get; private set; } = new();

    /// <summary>The payload offset of the sink's first byte.</summary>
    public long Offset { get; private set; }

    /// <summary>The SongFetchActor; Nobody before the fetch has begun and after it has ended.</summary>
    public IActorRef Actor { get; set; } = ActorRefs.Nobody;

    /// <summary>The fetch's knowledge about the song's hosts.</summary>
    public KnownHosts Known { get; set; } = KnownHosts.None;

    /// <summary>How much of the song has arrived, as a payload offset.</summary>
    public long Received => Offset + Sink.Written;

    /// <summary>
    /// Returns whether a position can be translated into a byte offset. If the bitrate is variable, this needs the first bytes of the song.
    /// </summary>
    public bool CanSeek(Song song) => song.Format is not { Vbr: true } || _table is not null || Offset > 0 || Sink.Written > 0;

    /// <summary>Moves to the given position in the song, with a new sink.</summary>
    public void MoveTo(TimeSpan position, Song song, PlayerSink sink)
    {
        Offset = OffsetAt(position, song);
        Sink = sink;
    }

    // Exact for a constant bitrate, approximate for a variable one.
    private long OffsetAt(TimeSpan position, Song song)
    {
        if (song.Live)
            return 0;
        if (Offset == 0)
            _table ??= Mp3SeekTable.Read(Sink.Head);
        var duration = TimeSpan.FromMilliseconds(Math.Max(1, song.Format.DurationMs));
        var within = position < duration ? position : duration;
        return _table is not null && song.Format.Vbr
            ? _table.FindOffset(within / duration, (long)song.Format.PayloadBytes)
            : (long)((Int128)song.Format.PayloadBytes * within.Ticks / duration.Ticks);
    }
}
