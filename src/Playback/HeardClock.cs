namespace TspActors.Playback;

/// <summary>Which song of a <see cref="SongPlayer"/> is being heard and how far it has come; guarded by its owner.</summary>
internal sealed class HeardClock
{
    private TimeSpan _start;
    private TimeSpan _handedOver;
    private TimeSpan _latency;
    private int _reached = -1;

    /// <summary>The song being heard; 0 before anything is.</summary>
    public int Song => Math.Max(0, _reached);

    /// <summary>The song that was begun last.</summary>
    public int Newest { get; private set; }

    /// <summary>Never before the place where the song was begun, so that it does not run backwards.</summary>
    public TimeSpan Position => _handedOver - _latency is var heard && heard > _start ? heard : _start;

    public int BeginNext() => ++Newest;

    /// <summary>The song being heard goes on from another place; those behind it are forgotten.</summary>
    public void Restart(TimeSpan position)
    {
        Newest = Song;
        BeginAt(position);
    }

    /// <returns>Whether it is heard for the first time.</returns>
    public bool Reach(int song)
    {
        if (song == _reached)
            return false;
        // The first song may have been restarted before anything of it was heard.
        if (song > 0)
            BeginAt(TimeSpan.Zero);
        _reached = song;
        return true;
    }

    /// <param name="duration">What went to the output.</param>
    /// <param name="latency">What the output still holds of it and of what went before.</param>
    public void Advance(TimeSpan duration, TimeSpan latency)
    {
        _handedOver += duration;
        _latency = latency;
    }

    /// <summary>All that the output held was heard.</summary>
    public void Drained() => _latency = TimeSpan.Zero;

    private void BeginAt(TimeSpan position)
    {
        _start = _handedOver = position;
        _latency = TimeSpan.Zero;
    }
}
