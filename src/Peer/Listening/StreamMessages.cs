using Akka.Actor;
using TspActors.Media.Hashing;
using TspActors.Peer.Live.Feeds;
using TspActors.Peer.Reaching;
using TspActors.Protocol;
using TspActors.Transport;
using TspActors.Transport.Tls;
using Error = TspActors.Protocol.Error;

namespace TspActors.Peer.Listening;

/// <summary>The peer that asks a host for a song.</summary>
internal sealed record Requester(PeerId Peer, string Name, AccessKey? AccessKey)
{
    /// <summary>The requester's key and certificate for TLS; null if it speaks only plain TSP.</summary>
    public TlsIdentity? Tls { get; init; }

    /// <summary>Whether hosts that do not speak TLS are skipped.</summary>
    public bool RequiresTls { get; init; }

    /// <summary>The CallDeskActor, through which hosts are called; Nobody if hosts cannot connect to this peer.</summary>
    public IActorRef Calls { get; init; } = ActorRefs.Nobody;

    /// <summary>Whether the tracker may arrange a relay between this peer and a host.</summary>
    public bool UsesRelays { get; init; }

    /// <summary>The requester's memory of hosts, across all songs.</summary>
    public HostMemory Hosts { get; } = new();

    /// <summary>Returns the TLS client for a connection to a host; null = speak plain TSP.</summary>
    /// <remarks>A secure host must have the key whose id is its peer id, and is never asked over a plain connection.</remarks>
    public TlsClient? ClientFor(Host host) =>
        Tls is { } identity && host.Secure ? TlsClient.Pinned(identity, new KeyId(host.PeerId.Span)) : null;
}

/// <summary>An order to a StreamReceiverActor: receive one song from one host.</summary>
/// <param name="Song">The song as the tracker described it.</param>
/// <param name="Host">The host to ask.</param>
/// <param name="Offset">The first payload byte to fetch.</param>
/// <param name="Pace">Whether the host sends in real time or at full speed.</param>
/// <param name="Requester">The peer that asks the host.</param>
/// <param name="Ahead">How long the sink can do without bytes from this host.</param>
/// <param name="IsLast">Whether no other host is left to try for now.</param>
/// <param name="Epoch">The epoch that every <see cref="PiecesArrived"/> carries.</param>
internal sealed record StreamOrder(
    Song Song, Host Host, long Offset, Pace Pace, Requester Requester, TimeSpan Ahead, bool IsLast = true, Epoch Epoch = default)
{
    /// <summary>The way to the host.</summary>
    public HostWay Way { get; init; } = HostWay.Direct.Instance;

    /// <summary>The cover to fetch instead of the song; null = the song.</summary>
    public ContentHash? Cover { get; init; }

    /// <summary>The chunk of a live feed to continue with; 0 = join at the edge.</summary>
    public ulong FromSequence { get; init; }

    /// <summary>The live feed's title when this peer last received the feed.</summary>
    public FeedTitle Title { get; init; } = FeedTitle.None;

    /// <summary>Whether this peer passes the feed on, and so must not receive it from a host that receives it from this peer.</summary>
    public bool IsRelayed { get; init; }

    /// <summary>The host and the way to it.</summary>
    public HostRoute Route => new(Host, Way);
}

/// <summary>To a StreamReceiverActor: ask the host for the song from the given offset, on the same connection.</summary>
internal sealed record PlayAgain(long Offset, Epoch Epoch) : ILocalMessage;

/// <summary>To a StreamReceiverActor: the sink has written the pieces, so continue reading.</summary>
/// <param name="Ahead">How long the sink can do without more bytes.</param>
internal sealed record PiecesTaken(TimeSpan Ahead) : ILocalMessage;

/// <summary>A message from a StreamReceiverActor to its owner.</summary>
internal interface IReceiverMessage : ILocalMessage;

/// <summary>The host has begun to send, and its bytes can be verified.</summary>
/// <param name="Order">The order.</param>
/// <param name="Tree">The hashes of the song's pieces; null for a live feed.</param>
internal sealed record StreamStarted(StreamOrder Order, PieceTree? Tree) : IReceiverMessage
{
    /// <summary>The host's description of the live feed; null for a song.</summary>
    public LiveStart? Live { get; init; }
}

/// <summary>Verified bytes, in order. The receiver waits for <see cref="PiecesTaken"/> before it continues reading.</summary>
internal record PiecesArrived(IReadOnlyList<ReadOnlyMemory<byte>> Pieces, Epoch Epoch = default) : IReceiverMessage, IEpochMessage;

/// <summary>Verified chunks of a live feed, in order. Otherwise like <see cref="PiecesArrived"/>.</summary>
internal sealed record ChunksArrived(IReadOnlyList<FeedChunk> Chunks, Epoch Epoch = default)
    : PiecesArrived([.. Chunks.Select(chunk => chunk.Mp3)], Epoch);

/// <summary>The host has sent everything up to the end of the song, and every byte is verified.</summary>
internal sealed record StreamFinished : IReceiverMessage
{
    public static readonly StreamFinished Instance = new();
}

/// <summary>The stream from this host has failed.</summary>
internal sealed record StreamFailed(Host Host, FailureKind Kind, string Reason, Error? Error) : IReceiverMessage
{
    /// <summary>Whether verified bytes had arrived from the host before it failed.</summary>
    public bool HostSentBytes { get; init; }

    /// <summary>The way to the host.</summary>
    public HostWay Way { get; init; } = HostWay.Direct.Instance;

    /// <summary>
    /// Whether the remote end did not prove the host's key: it presented a different one or none, or does not speak TLS.
    /// </summary>
    public bool IsUntrusted { get; init; }
}

/// <summary>Why a host failed.</summary>
internal enum FailureKind
{
    /// <summary>No connection to the host could be opened.</summary>
    Unreachable,

    /// <summary>The host replied with an error.</summary>
    Refused,

    /// <summary>The connection closed, or the host was silent or too slow.</summary>
    Cut,

    /// <summary>The host sent something other than the song. It is never asked again.</summary>
    Corrupt,
}
