using TspActors.Protocol;

namespace TspActors.Peer.Listening;

/// <summary>Where a song's proven bytes go: a file, a pipe, the speakers. One write at a time; a write that waits is back-pressure up to the host.</summary>
internal interface ISongSink : IAsyncDisposable
{
    /// <summary>Takes the next bytes. Fails with an <see cref="IOException"/> whose message is for people.</summary>
    ValueTask WriteAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellation);

    /// <summary>How long it does without more bytes before somebody hears that they are missing.</summary>
    TimeSpan Ahead => TimeSpan.MaxValue;

    /// <summary>Everything was written; returns when it is saved or heard. Without it, disposing drops what was written.</summary>
    ValueTask CompleteAsync(Song song, CancellationToken cancellation);
}
