namespace TspActors.Playback.Player;

/// <summary>Tracks which song of a <see cref="SongPlayer"/> is audible, and the position in it. Not thread-safe.</summary>
internal sealed class PositionClock
{
    private TimeSpan _start;
    private TimeSpan _handedOver;
    private TimeSpan _latency;
    private int _reached = -1;

    /// <summary>The audible song; 0 before anything is audible.</summary>
    public int Song => Math.Max(0, _reached);

    /// <summary>The newest song. It may not be audible yet.</summary>
    public int Newest { get; private set; }

    /// <summary>The position in the audible song; never before the position at which playback of that song began.</summary>
    public TimeSpan Position => _handedOver - _latency is var heard && heard > _start ? heard : _start;

    public int BeginNext() => ++Newest;

    /// <summary>Continues the audible song at a different position, and forgets the songs after it.</summary>
    public void SeekTo(TimeSpan position)
    {
        Newest = Song;
        BeginAt(position);
    }

    /// <summary>Records that a song is audible.</summary>
    /// <returns>True if the song becomes audible for the first time.</returns>
    public bool Reach(int song)
    {
        if (song == _reached)
            return false;
        // The first song keeps its position, because a seek may have changed the position before any of the song was audible.
        if (song > 0)
            BeginAt(TimeSpan.Zero);
        _reached = song;
        return true;
    }

    /// <summary>Records that sound was written to the output.</summary>
    /// <param name="duration">The playing time of the sound that was written.</param>
    /// <param name="latency">The total duration of the sound that the output still has buffered.</param>
    public void Advance(TimeSpan duration, TimeSpan latency)
    {
        _handedOver += duration;
        _latency = latency;
    }

    /// <summary>Records that the output has played all of its buffered sound.</summary>
    public void Drained() => _latency = TimeSpan.Zero;

    private void BeginAt(TimeSpan position)
    {
        _start = _handedOver = position;
        _latency = TimeSpan.Zero;
    }
}
