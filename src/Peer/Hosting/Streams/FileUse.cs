namespace TspActors.Peer.Hosting.Streams;

/// <summary>Lets the last of an actor and its task release a song that the task may still read when the actor stops.</summary>
internal sealed class FileUse
{
    private readonly Lock _gate = new();
    private OpenSong? _song;
    private bool _inUse;
    private bool _closed;

    /// <summary>Begins a use: the actor hands the song, or the opening of it, to a task.</summary>
    public void Begin()
    {
        lock (_gate)
            _inUse = true;
    }

    /// <summary>Ends the use of a task that has opened the song.</summary>
    /// <returns>False when the actor has stopped in between: then the song is released again.</returns>
    public bool Opened(OpenSong song)
    {
        lock (_gate)
            _song = song;
        End();
        return !_closed;
    }

    /// <summary>Ends the use: the task is done with the song.</summary>
    public void End()
    {
        lock (_gate)
        {
            _inUse = false;
            if (_closed)
                _song?.Release();
        }
    }

    /// <summary>Releases the song, now or when the task is done: the actor stops.</summary>
    public void Close()
    {
        lock (_gate)
        {
            _closed = true;
            if (!_inUse)
                _song?.Release();
        }
    }
}
