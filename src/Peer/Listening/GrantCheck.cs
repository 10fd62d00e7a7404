using TspActors.Media.Hashing;
using TspActors.Protocol;

namespace TspActors.Peer.Listening;

/// <summary>Checks a tracker's description of a song before the song is fetched.</summary>
internal static class GrantCheck
{
    /// <summary>
    /// The maximum size of a payload to fetch: about a week of music. A longer payload would have larger pieces, and each piece is
    /// collected in memory.
    /// </summary>
    public const ulong MaxPayload = 16UL << 30;

    /// <summary>Returns the reason why a song cannot be fetched; null if it can.</summary>
    /// <param name="order">The order for the fetch.</param>
    /// <param name="before">The song as an earlier grant described it; null if there was none.</param>
    /// <param name="granted">The song as this grant describes it.</param>
    public static string? Refusal(FetchOrder order, Song? before, Song granted)
    {
        if (granted.Live && !order.AcceptsLive)
            return $"song {order.Id} is a live feed, which has no end; play it instead";
        if (!granted.Live && (granted.Format is null || granted.Format.PayloadBytes == 0))
            return $"song {order.Id} is empty";
        if (granted.Format?.PayloadBytes > MaxPayload)
            return $"song {order.Id} claims to be {granted.Format.PayloadBytes} bytes long, which exceeds the limit";
        if (!order.Expected.IsEmpty && !granted.ContentHash.Span.SequenceEqual(order.Expected.ToArray()))
            return $"song {order.Id} is now a different song";
        if (before is not null && before.ContentHash != granted.ContentHash)
            return $"song {order.Id} now has different content";
        if (!granted.Live && order.Offset > (long)granted.Format!.PayloadBytes)
            return $"song {order.Id} ends before the requested position";
        return null;
    }

    /// <summary>
    /// Returns how many bytes from an earlier attempt the fetch may skip. Only complete pieces count. They must still be verified against a
    /// host's piece hashes.
    /// </summary>
    public static long SkippableBytes(long bytes, long payloadBytes) =>
        bytes >= payloadBytes ? payloadBytes : PieceChecker.StartOf(bytes, MerkleTree.PieceBytes(payloadBytes));
}
