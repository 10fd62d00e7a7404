namespace TspActors.Peer.Hosting.Streams;

/// <summary>
/// The shared ownership of a song by a stream's actor and its task, which may still be reading when the actor stops. Whichever finishes
/// last releases the song.
/// </summary>
internal sealed class FileUse
{
    private readonly Lock _gate = new();
    private OpenSong? _song;
    private bool _inUse;
    private bool _closed;

    /// <summary>Begins a use: a task is about to open or read the song.</summary>
    public void Begin()
    {
        lock (_gate)
            _inUse = true;
    }

    /// <summary>Ends a task's use of the song after the task has opened it.</summary>
    /// <returns>False if the actor had already stopped. The song is then released.</returns>
    public bool Opened(OpenSong song)
    {
        lock (_gate)
            _song = song;
        End();
        return !_closed;
    }

    /// <summary>Ends a task's use of the song.</summary>
    public void End()
    {
        lock (_gate)
        {
            _inUse = false;
            if (_closed)
                _song?.Release();
        }
    }

    /// <summary>Releases the song, now or at the end of the task's use. Called when the actor stops.</summary>
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
