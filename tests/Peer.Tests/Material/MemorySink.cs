using TspActors.Peer.Listening;
using TspActors.Protocol;

namespace TspActors.Peer.Tests.Material;

/// <summary>A sink that keeps a song in memory.</summary>
internal sealed class MemorySink : ISongSink
{
    private readonly MemoryStream _bytes = new();

    /// <summary>Awaited before each write.</summary>
    public Func<Task> BeforeWrite { get; init; } = () => Task.CompletedTask;

    public byte[] Bytes
    {
        get
        {
            lock (_bytes)
                return _bytes.ToArray();
        }
    }

    public bool Completed { get; private set; }

    public TaskCompletionSource Disposed { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public async ValueTask WriteAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellation)
    {
        await BeforeWrite().WaitAsync(cancellation);
        lock (_bytes)
            _bytes.Write(bytes.Span);
    }

    public ValueTask CompleteAsync(Song song, CancellationToken cancellation)
    {
        Completed = true;
        return ValueTask.CompletedTask;
    }

    public ValueTask DisposeAsync()
    {
        Disposed.TrySetResult();
        return ValueTask.CompletedTask;
    }
}
