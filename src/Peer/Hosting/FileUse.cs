namespace TspActors.Peer.Hosting;

/// <summary>Settles who closes a file that a task reads while its actor may stop: whoever is last.</summary>
internal sealed class FileUse
{
    private const int Idle = 0;
    private const int InUse = 1;
    private const int Closed = 2;

    private int _state;

    /// <summary>The actor hands the file to a task.</summary>
    public void Begin() => Interlocked.CompareExchange(ref _state, InUse, Idle);

    /// <summary>The task is done with it.</summary>
    /// <returns>True when the actor has stopped meanwhile: the task closes the file.</returns>
    public bool End() => Interlocked.CompareExchange(ref _state, Idle, InUse) == Closed;

    /// <summary>The actor stops.</summary>
    /// <returns>True when no task uses the file: the actor closes it.</returns>
    public bool Close() => Interlocked.Exchange(ref _state, Closed) != InUse;
}
