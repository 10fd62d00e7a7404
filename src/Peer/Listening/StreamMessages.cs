using Akka.Event;
using TspActors.Media.Hashing;
using TspActors.Protocol;
using TspActors.Transport;
using Error = TspActors.Protocol.Error;

namespace TspActors.Peer.Listening;

/// <summary>The peer that asks a host for a song.</summary>
internal sealed record Requester(PeerId Peer, string Name, AccessKey? AccessKey)
{
    /// <summary>What it remembers of hosts, whichever song they were asked for.</summary>
    public HostMemory Hosts { get; } = new();
}

/// <summary>One song from one host.</summary>
/// <param name="Song">The song as the tracker described it.</param>
/// <param name="Host">Where to get it.</param>
/// <param name="Offset">First payload byte wanted.</param>
/// <param name="Pace">At real time, or as fast as it comes.</param>
/// <param name="Requester">The peer that asks.</param>
/// <param name="Ahead">How long the sink can do without a byte of it.</param>
/// <param name="IsLast">No other host is left to be tried for now.</param>
/// <param name="Epoch">Stamped on every <see cref="PiecesArrived"/>.</param>
internal sealed record StreamOrder(
    Song Song, Host Host, long Offset, Pace Pace, Requester Requester, TimeSpan Ahead, bool IsLast = true, Epoch Epoch = default);

/// <summary>To a StreamReceiverActor: ask the host for the song from another offset, on the same connection.</summary>
internal sealed record PlayAgain(long Offset, Epoch Epoch) : ILocalMessage, IDeadLetterSuppression;

/// <summary>To a StreamReceiverActor: the pieces are with the sink; read on.</summary>
/// <param name="Ahead">How long the sink can do without more.</param>
internal sealed record PiecesTaken(TimeSpan Ahead) : ILocalMessage, IDeadLetterSuppression;

/// <summary>What a StreamReceiverActor tells its owner.</summary>
internal interface IReceiverMessage : ILocalMessage, IDeadLetterSuppression;

/// <summary>The host has begun to send, and its bytes can be checked.</summary>
internal sealed record StreamStarted(StreamOrder Order, PieceTree Tree) : IReceiverMessage;

/// <summary>Proven bytes, in order. The receiver reads nothing more until <see cref="PiecesTaken"/>.</summary>
internal sealed record PiecesArrived(IReadOnlyList<ReadOnlyMemory<byte>> Pieces, Epoch Epoch = default) : IReceiverMessage, IEpochMessage;

/// <summary>The host has sent everything up to the end of the song, and all of it was right.</summary>
internal sealed record StreamFinished : IReceiverMessage
{
    public static readonly StreamFinished Instance = new();
}

/// <summary>This host is of no more use for this song.</summary>
internal sealed record StreamFailed(Host Host, FailureKind Kind, string Reason, Error? Error) : IReceiverMessage
{
    /// <summary>True when proven bytes had come from it.</summary>
    public bool HasSent { get; init; }
}

/// <summary>Why a host was given up.</summary>
internal enum FailureKind
{
    /// <summary>It could not be connected to.</summary>
    Unreachable,

    /// <summary>It replied with an error.</summary>
    Refused,

    /// <summary>The connection ended, or the host fell silent.</summary>
    Cut,

    /// <summary>It sent something other than the song. It is not asked again.</summary>
    Corrupt,
}
