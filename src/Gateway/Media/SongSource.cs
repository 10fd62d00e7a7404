using Akka.Actor;
using TspActors.Gateway.Library;
using TspActors.Gateway.Swarm;
using TspActors.Protocol;

namespace TspActors.Gateway.Media;

/// <summary>Provides readers with the blocks of songs: from the cache, or from fetches that all readers of a song share.
/// Thread-safe.</summary>
internal sealed class SongSource(IActorRef peer, GatewayMediaSettings settings, BlockCache cache, TimeProvider time) : IDisposable
{
    private readonly Lock _lock = new();
    private readonly Dictionary<ContentHash, SharedSongReader> _feeds = [];
    private readonly FetchSlots _slots = new(settings.MaxFetches, settings.MaxFetchesPerDevice);

    /// <summary>The slots for fetches.</summary>
    public FetchSlots Slots => _slots;

    /// <summary>Opens a song for one reader. The caller must dispose the result.</summary>
    public SongReader Open(LibrarySong song, string deviceId)
    {
        lock (_lock)
        {
            if (!_feeds.TryGetValue(song.Hash, out var feed))
                _feeds[song.Hash] = feed = new SharedSongReader(song.Hash, peer, settings, cache, _slots, time);
            var reader = new SongReader(this, feed, song, deviceId);
            feed.Enter(reader);
            return reader;
        }
    }

    /// <summary>Removes a reader.</summary>
    internal void Close(SongReader reader, SharedSongReader feed)
    {
        lock (_lock)
        {
            if (feed.Leave(reader))
                _feeds.Remove(feed.Song);
        }
    }

    /// <summary>Stops all fetches.</summary>
    public void Dispose()
    {
        lock (_lock)
        {
            foreach (var feed in _feeds.Values)
                feed.Stop();
        }
    }
}

/// <summary>One reader of a song. Not thread-safe.</summary>
internal sealed class SongReader(SongSource source, SharedSongReader feed, LibrarySong song, string deviceId) : IDisposable
{
    private long _block;

    /// <summary>The song.</summary>
    public LibrarySong Song => song;

    /// <summary>The device that is reading.</summary>
    public string DeviceId => deviceId;

    /// <summary>The block that the reader is reading now, or that it read last.</summary>
    public long Block => Interlocked.Read(ref _block);

    /// <summary>The host of the last block that did not come from the cache; empty = none.</summary>
    public string Host { get; internal set; } = "";

    /// <summary>The way to <see cref="Host"/>, in words.</summary>
    public string Way { get; internal set; } = "";

    /// <summary>Reads a block, and waits for it if necessary.</summary>
    public ValueTask<Piece> ReadAsync(long block, CancellationToken cancellation)
    {
        Interlocked.Exchange(ref _block, block);
        return feed.ReadAsync(this, block, cancellation);
    }

    /// <inheritdoc/>
    public void Dispose() => source.Close(this, feed);
}

/// <summary>The result of reading a block.</summary>
/// <param name="Bytes">The verified bytes.</param>
/// <param name="Fault">Why there are no bytes; null = there are some.</param>
internal readonly record struct Piece(ReadOnlyMemory<byte> Bytes, FetchFault? Fault = null);
