using TspActors.Media.Hashing;
using TspActors.Protocol;

namespace TspActors.Peer.Listening;

/// <summary>
/// Where the proven bytes of a song go: a file, a pipe, the player. One write at a time; a write that waits holds up the host.
/// </summary>
internal interface ISongSink : IAsyncDisposable
{
    /// <summary>Writes the next bytes.</summary>
    /// <exception cref="IOException">They cannot be written; the message is for people.</exception>
    ValueTask WriteAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellation);

    /// <summary>How long the sink can do without more bytes before somebody hears that they are missing.</summary>
    TimeSpan Ahead => TimeSpan.MaxValue;

    /// <summary>
    /// Completes the song after the last write; returns when it is saved or with the player. Disposing without it drops what was written.
    /// </summary>
    ValueTask CompleteAsync(Song song, CancellationToken cancellation);
}

/// <summary>A sink that counts what it has.</summary>
internal interface ISavingSink : ISongSink
{
    /// <summary>Payload bytes, counted from the start of the song.</summary>
    long Written { get; }
}

/// <summary>A sink that may hold the beginning of the song from an earlier try.</summary>
internal interface IResumableSink : ISavingSink
{
    /// <summary>Payload bytes from the start of the song that are here, not proven yet.</summary>
    long Found { get; }

    /// <summary>
    /// Keeps what is here as far as the song's pieces prove it; the next bytes are written behind that. Call it before the first write.
    /// </summary>
    /// <exception cref="IOException">It cannot be read or written; the message is for people.</exception>
    ValueTask<KeptBytes> KeepProvenAsync(PieceTree tree, CancellationToken cancellation);
}

/// <summary>What was kept of an earlier try.</summary>
/// <param name="Length">Payload bytes: whole pieces, all of them right.</param>
/// <param name="Notice">What people should know of it; null when there is nothing to say.</param>
internal sealed record KeptBytes(long Length, string? Notice);
