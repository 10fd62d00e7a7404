using TspActors.Peer.Reaching;
using TspActors.Protocol;

namespace TspActors.Peer.Listening;

/// <summary>A song that is playing or being fetched to play next, as <see cref="PlaybackMachine"/> sees it.</summary>
internal sealed class Track(QueuedSong entry, Pace pace)
{
    public QueuedSong Entry => entry;

    /// <summary>The pace at which the song is fetched.</summary>
    public Pace Pace => pace;

    /// <summary>
    /// The sender of the command that started the song, which receives a reply once a host begins to send or the song has failed; null if
    /// no reply is due.
    /// </summary>
    public object? ReplyTo { get; set; }

    /// <summary>The song as the tracker described it; null until a host has begun to send.</summary>
    public Song? Song { get; set; }

    /// <summary>The host that is sending the song, or sent it last.</summary>
    public Host? Host { get; set; }

    /// <summary>The way to that host.</summary>
    public HostWay Way { get; set; } = HostWay.Direct.Instance;

    /// <summary>Tracks the delay and the titles of the live feed; null for a song.</summary>
    public LiveFeedTracker? Live { get; set; }

    /// <summary>Whether the player has every byte.</summary>
    public bool HasAllBytes { get; set; }

    /// <summary>Why the rest of the song cannot be fetched; null if there is no failure.</summary>
    public string? Failure { get; set; }

    /// <summary>The player's count of stalls when this song began to play.</summary>
    public int StallsBefore { get; set; }

    /// <summary>Whether no more bytes of the song will arrive.</summary>
    public bool IsFetchOver => HasAllBytes || Failure is not null;
}
