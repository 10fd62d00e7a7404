namespace TspActors.Peer.Listening;

/// <summary>Decides whether a host sends a live feed more slowly than real time.</summary>
/// <remarks>
/// Such a host is never silent, but its listeners run dry again and again. Only the time during which this peer waits for the host counts,
/// so a listener who pauses does not make the host seem slow. After a short disturbance, the next period makes up for the missing
/// audio. A host therefore counts as too slow only if two periods in a row are short of audio.
/// </remarks>
/// <param name="period">The length of a period.</param>
internal sealed class LivePace(TimeSpan period)
{
    // A feed runs at the speed of its source's clock, which is never as much as 3 % slow. Even at this speed, a reserve of six seconds
    // lasts for more than three minutes.
    private const double LeastSound = 0.97;

    private TimeSpan _waited;
    private TimeSpan _sound;
    private bool _wasShort;

    /// <summary>Records that audio has arrived.</summary>
    /// <param name="sound">The duration of the audio.</param>
    /// <param name="waited">How long this peer waited for it.</param>
    /// <returns>Whether the host is too slow.</returns>
    public bool IsTooSlow(TimeSpan sound, TimeSpan waited)
    {
        _waited += waited;
        _sound += sound;
        if (_waited < period)
            return false;
        var isShort = _sound < _waited * LeastSound;
        var isTooSlow = isShort && _wasShort;
        (_wasShort, _waited, _sound) = (isShort, TimeSpan.Zero, TimeSpan.Zero);
        return isTooSlow;
    }
}
