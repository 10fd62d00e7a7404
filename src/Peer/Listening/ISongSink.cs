using TspActors.Media.Hashing;
using TspActors.Protocol;

namespace TspActors.Peer.Listening;

/// <summary>
/// The destination of a song's verified bytes: a file, a pipe or the player. It accepts one write at a time, and a slow write slows down
/// the host.
/// </summary>
internal interface ISongSink : IAsyncDisposable
{
    /// <summary>Announces the song that the next bytes belong to. Called before each write; the song is the same each time.</summary>
    void Announce(Song song)
    {
    }

    /// <summary>Writes the next bytes.</summary>
    /// <exception cref="IOException">The bytes cannot be written. The message is human-readable.</exception>
    ValueTask WriteAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellation);

    /// <summary>How long the sink can do without more bytes before a listener notices.</summary>
    TimeSpan Ahead => TimeSpan.MaxValue;

    /// <summary>
    /// How long it is worth waiting for a host if none has the song. <see cref="TimeSpan.MaxValue"/> means that waiting is pointless.
    /// </summary>
    TimeSpan Patience => Ahead;

    /// <summary>
    /// Completes the song after the last write. Returns once the song is saved, or the player has all of it. If the sink is disposed
    /// without this call, the song counts as incomplete.
    /// </summary>
    ValueTask CompleteAsync(Song song, CancellationToken cancellation);
}

/// <summary>A sink that reports its progress.</summary>
internal interface ISavingSink : ISongSink
{
    /// <summary>The number of payload bytes written so far, including those kept from an earlier attempt.</summary>
    long Written { get; }
}

/// <summary>A sink that may already contain the beginning of the song from an earlier attempt.</summary>
internal interface IResumableSink : ISavingSink
{
    /// <summary>The number of payload bytes from an earlier attempt. They are not verified yet.</summary>
    long Found { get; }

    /// <summary>
    /// Verifies the bytes of the earlier attempt and keeps the leading pieces that match. Later writes follow them. Call this before the
    /// first write.
    /// </summary>
    /// <exception cref="IOException">The bytes cannot be read or written. The message is human-readable.</exception>
    ValueTask<KeptBytes> KeepProvenAsync(PieceTree tree, CancellationToken cancellation);
}

/// <summary>The bytes of an earlier attempt that were kept.</summary>
/// <param name="Length">The number of payload bytes kept, all of them in complete, verified pieces.</param>
/// <param name="Notice">A notice for the user; null for none.</param>
internal sealed record KeptBytes(long Length, string? Notice);
