namespace TspActors.Peer.Hosting.Streams;

/// <summary>Settles who releases a song that tasks read while its actor may stop: whoever is last.</summary>
internal sealed class FileUse
{
    private readonly Lock _gate = new();
    private OpenSong? _song;
    private bool _inUse;
    private bool _closed;

    /// <summary>The actor hands the song, or the opening of it, to a task.</summary>
    public void Begin()
    {
        lock (_gate)
            _inUse = true;
    }

    /// <summary>The task has opened the song, and is done.</summary>
    /// <returns>False when the actor has stopped meanwhile: then the song is released again.</returns>
    public bool Opened(OpenSong song)
    {
        lock (_gate)
            _song = song;
        End();
        return !_closed;
    }

    /// <summary>The task is done with the song.</summary>
    public void End()
    {
        lock (_gate)
        {
            _inUse = false;
            if (_closed)
                _song?.Release();
        }
    }

    /// <summary>The actor stops.</summary>
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
