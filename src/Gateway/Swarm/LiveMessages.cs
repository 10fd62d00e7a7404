using TspActors.Protocol;
using TspActors.Transport;

namespace TspActors.Gateway.Swarm;

/// <summary>
/// To the peer: receive a live feed from any of its hosts, and continue with another host when one fails. The reply is
/// <see cref="FetchRunning"/> or <see cref="FetchRefused"/>.
/// </summary>
/// <param name="SongId">The tracker's id for the feed.</param>
/// <param name="Hash">The content hash that the feed must have, because the tracker may have reassigned the id.</param>
/// <param name="Receiver">The destination of the audio.</param>
public sealed record ReceiveFeed(int SongId, ContentHash Hash, ILiveReceiver Receiver) : ILocalMessage;

/// <summary>
/// The destination of a live feed. The calls come from other threads, one at a time. None of them may block, because a feed does not wait
/// for its receivers.
/// </summary>
public interface ILiveReceiver
{
    /// <summary>Accepts the next chunk, which has been verified.</summary>
    /// <returns>False = the receiver wants no more chunks. This has the same effect as <see cref="StopFetching"/>.</returns>
    bool Heard(LiveSound sound);

    /// <summary>Reports that the feed has ended or cannot be received. No further call follows.</summary>
    /// <param name="fault">The reason; null = the source has ended the feed.</param>
    void Ended(FetchFault? fault);
}

/// <summary>A chunk of a live feed.</summary>
/// <param name="Mp3">Complete MPEG frames. They never change, so they may be kept.</param>
/// <param name="Duration">The duration of the audio.</param>
/// <param name="Title">The current title; empty = unknown.</param>
public sealed record LiveSound(ReadOnlyMemory<byte> Mp3, TimeSpan Duration, string Title);
