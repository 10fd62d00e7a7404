using Akka.Actor;
using TspActors.Mpeg;
using TspActors.Protocol;

namespace TspActors.Peer.Listening;

/// <summary>Where the bytes of one track come from and where they go.</summary>
internal sealed class TrackFetch
{
    private Mp3SeekTable? _table;

    /// <summary>Where the bytes go. Every seek brings a sink of its own.</summary>
    public PlayerSink Sink { get; private set; } = new();

    /// <summary>The payload byte at which the sink began.</summary>
    public long Offset { get; private set; }

    /// <summary>The SongFetchActor; nobody once it has ended.</summary>
    public IActorRef Actor { get; set; } = ActorRefs.Nobody;

    /// <summary>What has been learnt of the song's hosts.</summary>
    public KnownHosts Known { get; set; } = KnownHosts.None;

    /// <summary>Payload bytes that are here, counted from the start of the song.</summary>
    public long Received => Offset + Sink.Written;

    /// <summary>Returns whether enough of the song is here to find a position in it.</summary>
    public bool CanSeek(Song song) => !song.Format.Vbr || _table is not null || Offset > 0 || Sink.Written > 0;

    /// <summary>Starts another sink at a position of the song.</summary>
    public void MoveTo(TimeSpan position, Song song, PlayerSink sink)
    {
        Offset = OffsetAt(position, song);
        Sink = sink;
    }

    // Exact for a constant bitrate, near for a variable one.
    private long OffsetAt(TimeSpan position, Song song)
    {
        if (Offset == 0)
            _table ??= Mp3SeekTable.Read(Sink.Head);
        var duration = TimeSpan.FromMilliseconds(Math.Max(1, song.Format.DurationMs));
        var within = position < duration ? position : duration;
        return _table is not null && song.Format.Vbr
            ? _table.FindOffset(within / duration, (long)song.Format.PayloadBytes)
            : (long)((Int128)song.Format.PayloadBytes * within.Ticks / duration.Ticks);
    }
}
