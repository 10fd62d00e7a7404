using TspActors.Media.Library;

namespace TspActors.Peer.Hosting.Streams;

/// <summary>A song's file, opened once for all streams of the song. Thread-safe.</summary>
internal sealed class OpenSong
{
    private readonly PayloadReader _reader;
    private readonly SongFile _file;
    private readonly int _id;
    private readonly ChunkCache.Song _cached;
    private readonly Action<OpenSong> _release;

    /// <param name="reader">The open file, which this object closes.</param>
    /// <param name="file">The file as it was when it was hashed.</param>
    /// <param name="id">The song's id.</param>
    /// <param name="cache">The cache for the song's chunks.</param>
    /// <param name="release">Called when a stream releases the song.</param>
    public OpenSong(PayloadReader reader, SongFile file, int id, ChunkCache cache, Action<OpenSong> release)
    {
        _reader = reader;
        _file = file;
        _id = id;
        _cached = cache.AddSong(ReadAloneAsync);
        _release = release;
    }

    /// <summary>The number of streams that use the song. Only <see cref="OpenSongs"/> changes it.</summary>
    public int Uses { get; set; } = 1;

    /// <summary>
    /// Returns a chunk that other streams of the song are likely to need too, from the cache or the file. The caller owns one use of it.
    /// </summary>
    /// <returns>Null when the file has changed since it was hashed.</returns>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public ValueTask<SongChunk?> ReadAsync(long offset, int length) => _cached.ReadAsync(offset, length);

    /// <summary>Reads a chunk for one stream, which owns the only use of the chunk.</summary>
    /// <returns>Null when the file has changed since it was hashed.</returns>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public async Task<SongChunk?> ReadAloneAsync(long offset, int length)
    {
        var chunk = new SongChunk(_id, offset, length);
        try
        {
            if (await _reader.ReadAsync(chunk.Body, offset).ConfigureAwait(false) < length || !_reader.IsUnchanged())
            {
                chunk.Release();
                return null;
            }

            chunk.Audio = SongTime.Measure(_file, chunk.Body.Span);
            return chunk;
        }
        catch (IOException)
        {
            chunk.Release();
            throw;
        }
    }

    /// <summary>Ends one stream's use of the song. The last call closes the file.</summary>
    public void Release() => _release(this);

    /// <summary>Closes the file. Only <see cref="OpenSongs"/> calls it.</summary>
    public void Close()
    {
        _cached.Remove();
        _reader.Dispose();
    }
}
