using TspActors.Protocol;

namespace TspActors.Peer.Listening;

/// <summary>A song that plays, or that is fetched to play next, as the <see cref="PlaybackMachine"/> knows it.</summary>
internal sealed class Track(QueuedSong entry, Pace pace)
{
    public QueuedSong Entry => entry;

    /// <summary>How it is fetched.</summary>
    public Pace Pace => pace;

    /// <summary>Gets the reply once a host has begun to send; null when nobody waits for one.</summary>
    public object? Asker { get; set; }

    /// <summary>The song as the tracker described it; null before a host has begun to send.</summary>
    public Song? Song { get; set; }

    /// <summary>The host that sends it, or sent it last.</summary>
    public Host? Host { get; set; }

    /// <summary>Every byte is with the player.</summary>
    public bool IsAllHere { get; set; }

    /// <summary>Why the rest of it cannot be fetched; null while nothing is wrong.</summary>
    public string? Failure { get; set; }

    /// <summary>How often the sound had run dry when this song began to be heard.</summary>
    public int StallsBefore { get; set; }

    /// <summary>No more bytes of it will arrive.</summary>
    public bool IsFetchOver => IsAllHere || Failure is not null;
}
