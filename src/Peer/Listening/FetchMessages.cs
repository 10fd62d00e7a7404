using TspActors.Protocol;
using TspActors.Transport;

namespace TspActors.Peer.Listening;

/// <summary>One song into one sink.</summary>
/// <param name="Id">The song.</param>
/// <param name="Offset">First payload byte wanted.</param>
/// <param name="Pace">At real time, or as fast as it comes.</param>
/// <param name="Sink">Where it goes.</param>
/// <param name="Requester">The peer that asks.</param>
/// <param name="Own">Where this peer finds its own songs, when it hosts any: not at the address that others see.</param>
/// <param name="Known">What an earlier fetch of the song has learnt.</param>
internal sealed record FetchOrder(int Id, long Offset, Pace Pace, ISongSink Sink, Requester Requester, OwnHost? Own, KnownHosts Known);

/// <summary>This peer's own hosting, as it reaches it itself.</summary>
internal sealed record OwnHost(PeerId Peer, string Address, int Port)
{
    /// <summary>Returns this host with the address at which this peer reaches itself; any other host as it is.</summary>
    public Host Localize(Host host) =>
        new PeerId(host.PeerId.Span) == Peer ? new Host(host) { Address = Address, Port = (uint)Port } : host;
}

/// <summary>To a SongFetchActor: go on from another byte, into another sink.</summary>
internal sealed record SeekWithin(long Offset, ISongSink Sink) : ILocalMessage;

/// <summary>To a SongFetchActor, and from it to its receiver: say STOP to the host and end, without a word to anyone else.</summary>
internal sealed record StopFetch : ILocalMessage
{
    public static readonly StopFetch Instance = new();
}

/// <summary>From a SongFetchActor: a host has begun to send, the first one or another one in its place.</summary>
/// <param name="Song">The song.</param>
/// <param name="Host">The host.</param>
/// <param name="Known">What has been learnt of its hosts so far.</param>
internal sealed record FetchStarted(Song Song, Host Host, KnownHosts Known) : ILocalMessage;

/// <summary>
/// From a SongFetchActor: a notice for people while the song goes on, such as a lost host and the one asked in its place.
/// </summary>
internal sealed record FetchNotice(string Text) : ILocalMessage;

/// <summary>From a SongFetchActor, which stops: the whole song is in the sink, and every piece of it is verified.</summary>
/// <param name="Song">The song.</param>
/// <param name="Sink">The sink. After a seek that the fetch did not hear of in time, this is an earlier one.</param>
internal sealed record FetchCompleted(Song Song, ISongSink Sink) : ILocalMessage;

/// <summary>From a SongFetchActor, which stops: the song could not be fetched.</summary>
/// <param name="Reason">Why, and what to do.</param>
/// <param name="Sink">As in <see cref="FetchCompleted"/>.</param>
internal sealed record FetchFailed(string Reason, ISongSink Sink) : ILocalMessage;
