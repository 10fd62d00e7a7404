using TspActors.Protocol;

namespace TspActors.Peer.Playlists;

/// <summary>Decides when a song counts as played: once 30 s of it have been heard, or half of it if that is less.</summary>
/// <remarks>Only time during which the song actually advanced is counted, so a pause or a seek adds nothing.</remarks>
internal sealed class HeardTime
{
    private static readonly TimeSpan Enough = TimeSpan.FromSeconds(30);

    private TimeSpan _heard;
    private TimeSpan _position;
    private TimeSpan _at;
    private bool _hasCounted;

    /// <summary>Records that a song has begun.</summary>
    /// <param name="now">The time on a monotonic clock.</param>
    public void Begin(TimeSpan now)
    {
        (_heard, _position, _at) = (TimeSpan.Zero, TimeSpan.Zero, now);
        _hasCounted = false;
    }

    /// <summary>Records the position in the song.</summary>
    /// <returns>True if the song now counts as played. This happens at most once for each <see cref="Begin"/>.</returns>
    public bool Advance(Song song, TimeSpan position, TimeSpan now)
    {
        var moved = position - _position;
        var passed = now - _at;
        (_position, _at) = (position, now);
        if (moved > TimeSpan.Zero)
            _heard += moved < passed ? moved : passed;
        if (_hasCounted || _heard < NeededFor(song))
            return false;
        return _hasCounted = true;
    }

    private static TimeSpan NeededFor(Song song)
    {
        var half = TimeSpan.FromMilliseconds((song.Format?.DurationMs ?? 0) / 2);
        return song.Live || half > Enough || half == TimeSpan.Zero ? Enough : half;
    }
}
