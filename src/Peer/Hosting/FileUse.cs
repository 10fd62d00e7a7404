using TspActors.Media;

namespace TspActors.Peer.Hosting;

/// <summary>Settles who closes a file that tasks read while its actor may stop: whoever is last.</summary>
internal sealed class FileUse
{
    private readonly Lock _gate = new();
    private PayloadReader? _reader;
    private bool _inUse;
    private bool _closed;

    /// <summary>The actor hands the file, or the opening of it, to a task.</summary>
    public void Begin()
    {
        lock (_gate)
            _inUse = true;
    }

    /// <summary>The task has opened the file, and is done.</summary>
    /// <returns>False when the actor has stopped meanwhile: then the file is closed again.</returns>
    public bool Opened(PayloadReader reader)
    {
        lock (_gate)
            _reader = reader;
        End();
        return !_closed;
    }

    /// <summary>The task is done with the file.</summary>
    public void End()
    {
        lock (_gate)
        {
            _inUse = false;
            if (_closed)
                _reader?.Dispose();
        }
    }

    /// <summary>The actor stops.</summary>
    public void Close()
    {
        lock (_gate)
        {
            _closed = true;
            if (!_inUse)
                _reader?.Dispose();
        }
    }
}
