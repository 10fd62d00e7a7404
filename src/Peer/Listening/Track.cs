using Akka.Actor;
using TspActors.Mpeg;
using TspActors.Protocol;

namespace TspActors.Peer.Listening;

/// <summary>A song that is heard, or fetched to be heard next.</summary>
internal sealed class Track(QueuedSong entry, Pace pace)
{
    private Mp3SeekTable? _table;

    public QueuedSong Entry => entry;

    public Pace Pace => pace;

    /// <summary>Where its bytes go.</summary>
    public PlayerSink Turn { get; set; } = new();

    /// <summary>The payload byte at which the turn began.</summary>
    public long Offset { get; set; }

    /// <summary>How often the fetch was told to go on from elsewhere.</summary>
    public int Seeks { get; set; }

    /// <summary>Who gets its bytes.</summary>
    public IActorRef Fetch { get; set; } = ActorRefs.Nobody;

    /// <summary>Who wants to know when it begins.</summary>
    public IActorRef Asker { get; set; } = ActorRefs.Nobody;

    /// <summary>As the tracker described it; null before a host has begun to send.</summary>
    public Song? Song { get; set; }

    public Host? Host { get; set; }

    /// <summary>What was learnt of its hosts.</summary>
    public KnownHosts Known { get; set; } = KnownHosts.None;

    /// <summary>Every byte is with the player.</summary>
    public bool IsAllHere { get; set; }

    /// <summary>How often the sound had run dry when it began to be heard.</summary>
    public int StallsBefore { get; set; }

    /// <summary>Why the rest of it cannot be had.</summary>
    public string? Failure { get; set; }

    /// <summary>Bytes of the payload that are here, counted from its start.</summary>
    public long Received => Offset + Turn.Written;

    /// <summary>The payload byte that is heard at a time of the song: exact for a constant bitrate, near for a variable one.</summary>
    public long OffsetOf(TimeSpan position)
    {
        if (Offset == 0)
            _table ??= Mp3SeekTable.Read(Turn.Head);
        var duration = TimeSpan.FromMilliseconds(Math.Max(1, Song!.Format.DurationMs));
        var within = position < duration ? position : duration;
        return _table is not null && Song.Format.Vbr
            ? _table.FindOffset(within / duration, (long)Song.Format.PayloadBytes)
            : (long)((Int128)Song.Format.PayloadBytes * within.Ticks / duration.Ticks);
    }

    /// <summary>What is needed to find a place in it is known.</summary>
    public bool CanSeek => Song is { } song && (!song.Format.Vbr || _table is not null || Offset > 0 || Turn.Written > 0);

    /// <summary>The player may have bytes of it.</summary>
    public bool IsOpen => Turn.Number >= 0;
}
