using Akka.Actor;
using Akka.Event;
using TspActors.Media.Hashing;
using TspActors.Protocol;
using TspActors.Transport;
using Error = TspActors.Protocol.Error;

namespace TspActors.Peer.Listening;

/// <summary>Who asks a host for a song.</summary>
internal sealed record Requester(PeerId Peer, string Name, AccessKey? AccessKey);

/// <summary>One song from one host.</summary>
/// <param name="Song">As the tracker described it.</param>
/// <param name="Host">Where to get it.</param>
/// <param name="Offset">First payload byte wanted.</param>
/// <param name="Pace">At real time, or as fast as it comes.</param>
/// <param name="Requester">Who asks.</param>
/// <param name="Ahead">How long the sink does without a byte of it.</param>
/// <param name="IsLast">No other host is left to be tried for now.</param>
/// <param name="Seek">As in <see cref="PiecesArrived"/>.</param>
internal sealed record StreamOrder(Song Song, Host Host, long Offset, Pace Pace, Requester Requester, TimeSpan Ahead, bool IsLast = true, int Seek = 0);

// From a StreamReceiverActor to its owner ------------------------------------------------------------------------------------------

/// <summary>The host has begun, and what it sends can be checked.</summary>
internal sealed record StreamStarted(StreamOrder Order, PieceTree Tree) : ILocalMessage, IDeadLetterSuppression;

/// <summary>Proven bytes, in order. Nothing more is read until <see cref="PiecesTaken"/>.</summary>
/// <param name="Pieces">The bytes.</param>
/// <param name="Seek">Of which seek they are; 0 = from where it began. What belongs to an earlier one is not wanted any more.</param>
internal sealed record PiecesArrived(IReadOnlyList<ReadOnlyMemory<byte>> Pieces, int Seek = 0) : ILocalMessage, IDeadLetterSuppression;

/// <summary>To the receiver: go on.</summary>
/// <param name="Ahead">How long the sink does without more.</param>
/// <param name="Seek">As in <see cref="PiecesArrived"/>.</param>
internal sealed record PiecesTaken(TimeSpan Ahead, int Seek = 0) : ILocalMessage, IDeadLetterSuppression;

/// <summary>Everything came, and all of it was right.</summary>
internal sealed record StreamFinished(int Seek = 0) : ILocalMessage, IDeadLetterSuppression;

/// <summary>This host is of no more use for this song.</summary>
internal sealed record StreamFailed(Host Host, FailureKind Kind, string Reason, Error? Error) : ILocalMessage, IDeadLetterSuppression;

/// <summary>Why a host was given up.</summary>
internal enum FailureKind
{
    /// <summary>It could not be connected to.</summary>
    Unreachable,

    /// <summary>It answered with an error.</summary>
    Refused,

    /// <summary>The connection ended, or nothing came any more.</summary>
    Cut,

    /// <summary>It sent what is not the song; it is not asked again.</summary>
    Corrupt,
}

/// <summary>To a SongFetchActor: go on from another byte, into another sink.</summary>
/// <param name="Offset">The byte.</param>
/// <param name="Sink">Where it goes now.</param>
/// <param name="Seek">Counts the seeks; comes back in <see cref="FetchCompleted"/> and <see cref="FetchFailed"/>.</param>
internal sealed record SeekWithin(long Offset, ISongSink Sink, int Seek) : ILocalMessage, IDeadLetterSuppression;

/// <summary>To a StreamReceiverActor: ask the host for another part of the song, on the same connection.</summary>
internal sealed record PlayAgain(long Offset, int Seek) : ILocalMessage, IDeadLetterSuppression;

/// <summary>To a SongFetchActor, and by it to its receiver: say STOP to the host and end; nothing more is told to anyone.</summary>
internal sealed record StopFetch : ILocalMessage, IDeadLetterSuppression
{
    public static readonly StopFetch Instance = new();
}

// From a SongFetchActor to the PlaybackActor ---------------------------------------------------------------------------------------

/// <summary>A host has begun to send: the first one, or another one in its place.</summary>
/// <param name="Song">The song.</param>
/// <param name="Host">The host.</param>
/// <param name="Known">What has been learnt of its hosts so far.</param>
internal sealed record FetchStarted(Song Song, Host Host, KnownHosts Known) : ILocalMessage, IDeadLetterSuppression;

/// <summary>Something people should know while the song goes on: a host was lost, the next is asked.</summary>
internal sealed record FetchNotice(string Text) : ILocalMessage, IDeadLetterSuppression;

/// <summary>The whole song is in the sink, every piece of it verified.</summary>
internal sealed record FetchCompleted(Song Song, int Seek = 0) : ILocalMessage, IDeadLetterSuppression;

/// <summary>The song could not be fetched; <paramref name="Reason"/> says why and what to do.</summary>
internal sealed record FetchFailed(string Reason, int Seek = 0) : ILocalMessage, IDeadLetterSuppression;
