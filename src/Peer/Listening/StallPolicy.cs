using TspActors.Media.Hashing;
using TspActors.Protocol;

namespace TspActors.Peer.Listening;

/// <summary>Decides how long a host may be silent, and how long it may take for a whole piece, before another one is asked.</summary>
/// <remarks>
/// Bytes alone prove nothing: a host that sends one every few seconds would never be silent, and nobody would ever hear a piece of it. Where the song is heard the
/// sound that is left decides; where it is saved, or no other host is left, a slow one is better than none.
/// </remarks>
/// <param name="settings">The deadlines.</param>
/// <param name="order">What is asked of the host.</param>
internal sealed class StallPolicy(ListeningSettings settings, StreamOrder order)
{
    // A host at real time sends a few seconds at once, and then nothing for so long.
    private static readonly TimeSpan LongestBreath = TimeSpan.FromSeconds(2);

    private readonly TimeSpan _paced = PieceTime(order.Song.Format) * 1.5 + LongestBreath;
    private TimeSpan _ahead = order.Ahead;

    /// <summary>How long nothing may come.</summary>
    public TimeSpan Silence => settings.SilenceTimeoutFor(_ahead);

    /// <summary>How long the next piece may take.</summary>
    public TimeSpan Piece =>
        order.Pace == Pace.Full ? settings.SlowHostTimeout
        : order.IsLast ? Longer(settings.SlowHostTimeout, _paced)
        : _ahead == TimeSpan.MaxValue ? _paced + settings.SilenceTimeout
        : Longer(_ahead, _paced);

    /// <summary>The sink has so much left.</summary>
    public void SoundLeft(TimeSpan ahead) => _ahead = ahead;

    private static TimeSpan PieceTime(AudioFormat format) =>
        TimeSpan.FromMilliseconds(format.DurationMs) * Math.Min(1, (double)MerkleTree.PieceBytes((long)format.PayloadBytes) / Math.Max(1, format.PayloadBytes));

    private static TimeSpan Longer(TimeSpan one, TimeSpan other) => one > other ? one : other;
}
