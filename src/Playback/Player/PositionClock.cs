namespace TspActors.Playback.Player;

/// <summary>Tracks which song of a <see cref="SongPlayer"/> is audible and its position. Its owner guards it.</summary>
internal sealed class PositionClock
{
    private TimeSpan _start;
    private TimeSpan _handedOver;
    private TimeSpan _latency;
    private int _reached = -1;

    /// <summary>The audible song; 0 before anything is audible.</summary>
    public int Song => Math.Max(0, _reached);

    /// <summary>The song that was started last.</summary>
    public int Newest { get; private set; }

    /// <summary>The position. It never lies before the position where the song was started, so it does not run backwards.</summary>
    public TimeSpan Position => _handedOver - _latency is var heard && heard > _start ? heard : _start;

    public int BeginNext() => ++Newest;

    /// <summary>Continues the audible song from another position and forgets the songs behind it.</summary>
    public void SeekTo(TimeSpan position)
    {
        Newest = Song;
        BeginAt(position);
    }

    /// <returns>True when the song becomes audible for the first time.</returns>
    public bool Reach(int song)
    {
        if (song == _reached)
            return false;
        // The first song may have been restarted before any of it was audible.
        if (song > 0)
            BeginAt(TimeSpan.Zero);
        _reached = song;
        return true;
    }

    /// <param name="duration">How much was written to the output.</param>
    /// <param name="latency">How much sound the output still holds, of this write and earlier ones.</param>
    public void Advance(TimeSpan duration, TimeSpan latency)
    {
        _handedOver += duration;
        _latency = latency;
    }

    /// <summary>Records that the output has played everything it held.</summary>
    public void Drained() => _latency = TimeSpan.Zero;

    private void BeginAt(TimeSpan position)
    {
        _start = _handedOver = position;
        _latency = TimeSpan.Zero;
    }
}
