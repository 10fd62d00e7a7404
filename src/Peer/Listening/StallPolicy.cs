using TspActors.Media.Hashing;
using TspActors.Protocol;

namespace TspActors.Peer.Listening;

/// <summary>Decides how long a host may stay silent, and how long a complete piece may take, before another host is asked.</summary>
/// <remarks>
/// Bytes alone prove nothing: a host that sends one byte every few seconds is never silent, but never completes a piece. While a song is
/// playing, the limits depend on how much audio is buffered. A song that is being saved must arrive about as fast as it would play. If no
/// other host is left, a slow host is better than none.
/// </remarks>
/// <param name="settings">The deadlines.</param>
/// <param name="order">The order for the host.</param>
internal sealed class StallPolicy(ListeningSettings settings, StreamOrder order)
{
    // A host that sends in real time sends a few seconds of audio at once, then pauses for up to this long.
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(2);

    private readonly TimeSpan _paced = PieceTime(order.Song.Format) * 1.5 + LongestPause;
    private TimeSpan _ahead = order.Ahead;

    /// <summary>How long the host may stay silent.</summary>
    public TimeSpan Silence => settings.SilenceTimeoutFor(_ahead);

    /// <summary>How long the next piece may take.</summary>
    public TimeSpan Piece =>
        order.Pace == Pace.Full
            ? order.IsLast ? settings.SlowHostTimeout : Shorter(settings.SlowHostTimeout, _paced + settings.SilenceTimeout)
        : order.IsLast ? Longer(settings.SlowHostTimeout, _paced)
        : _ahead == TimeSpan.MaxValue ? _paced + settings.SilenceTimeout
        : Longer(_ahead, _paced);

    /// <summary>Sets how long the sink can do without more bytes.</summary>
    public void SetAhead(TimeSpan ahead) => _ahead = ahead;

    // A live feed may have no format.
    private static TimeSpan PieceTime(AudioFormat? format) => format is null
        ? TimeSpan.Zero
        : TimeSpan.FromMilliseconds(format.DurationMs) * Math.Min(
            1, (double)MerkleTree.PieceBytes((long)format.PayloadBytes) / Math.Max(1, format.PayloadBytes));

    private static TimeSpan Shorter(TimeSpan one, TimeSpan other) => one < other ? one : other;

    private static TimeSpan Longer(TimeSpan one, TimeSpan other) => one > other ? one : other;
}
