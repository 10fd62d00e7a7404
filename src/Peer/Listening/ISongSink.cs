using TspActors.Media.Hashing;
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

/// <summary>A sink that tells how much it has.</summary>
internal interface ISavingSink : ISongSink
{
    /// <summary>Payload bytes, counted from the song's start.</summary>
    long Written { get; }
}

/// <summary>A sink that may hold the beginning of the song from an earlier try.</summary>
internal interface IResumableSink : ISavingSink
{
    /// <summary>Payload bytes from the song's start that are here, not proven yet.</summary>
    long Found { get; }

    /// <summary>Keeps what is here as far as the song's pieces prove it; the next bytes are written behind that. Before the first write.</summary>
    /// <exception cref="IOException">It cannot be read or written; the message is for people.</exception>
    ValueTask<KeptBytes> KeepProvenAsync(PieceTree tree, CancellationToken cancellation);
}

/// <summary>What was kept of an earlier try.</summary>
/// <param name="Length">Payload bytes: whole pieces, all of them right.</param>
/// <param name="Notice">What people should know of it; null when there is nothing to say.</param>
internal sealed record KeptBytes(long Length, string? Notice);
