using TspActors.Media.Hashing;
using TspActors.Protocol;

namespace TspActors.Peer.Listening;

/// <summary>Checks what the tracker says of a song before it is fetched.</summary>
internal static class GrantCheck
{
    /// <summary>The longest payload: a week of music. The memory that a fetch needs grows with the song's length.</summary>
    public const ulong MaxPayload = 16UL << 30;

    /// <summary>Returns why a song cannot be fetched; null when it can.</summary>
    /// <param name="order">What is wanted.</param>
    /// <param name="before">The song as an earlier grant described it; null before the first one.</param>
    /// <param name="granted">The song as this grant describes it.</param>
    public static string? Refusal(FetchOrder order, Song? before, Song granted)
    {
        if (granted.Live || granted.Format is null || granted.Format.PayloadBytes == 0)
            return $"song {order.Id} is a live feed, which this version cannot play";
        if (granted.Format.PayloadBytes > MaxPayload)
            return $"song {order.Id} is said to be {granted.Format.PayloadBytes} bytes long, which no song is";
        if (before is not null && before.ContentHash != granted.ContentHash)
            return $"song {order.Id} is another song now";
        if (order.Offset > (long)granted.Format.PayloadBytes)
            return $"song {order.Id} ends before that";
        return null;
    }

    /// <summary>
    /// Returns how much of what an earlier try left is not asked for again: whole pieces, taken on trust until the host's piece hashes
    /// prove or disprove them.
    /// </summary>
    public static long WholePieces(long bytes, long payloadBytes) =>
        bytes >= payloadBytes ? payloadBytes : PieceChecker.StartOf(bytes, MerkleTree.PieceBytes(payloadBytes));
}
