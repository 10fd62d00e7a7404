using TspActors.Media.Library;

namespace TspActors.Peer.Hosting.Streams;

/// <summary>A song's file, open once for all streams of it. Thread-safe.</summary>
internal sealed class OpenSong
{
    private readonly PayloadReader _reader;
    private readonly SongFile _file;
    private readonly int _id;
    private readonly ChunkCache.Song _cached;
    private readonly Action<OpenSong> _release;

    /// <param name="reader">The open file; the song closes it.</param>
    /// <param name="file">What the file was when it was hashed.</param>
    /// <param name="id">The song's id.</param>
    /// <param name="cache">Keeps its chunks.</param>
    /// <param name="release">Called when a stream releases it.</param>
    public OpenSong(PayloadReader reader, SongFile file, int id, ChunkCache cache, Action<OpenSong> release)
    {
        _reader = reader;
        _file = file;
        _id = id;
        _cached = cache.AddSong(ReadAloneAsync);
        _release = release;
    }

    /// <summary>Streams that use it; only <see cref="OpenSongs"/> changes it.</summary>
    public int Uses { get; set; } = 1;

    /// <summary>
    /// Returns a chunk that other streams of the song are likely to want too, from the cache or the file. The caller has a use of it.
    /// </summary>
    /// <returns>Null when the file is not what it was when it was hashed.</returns>
    /// <exception cref="IOException">The disk does not give it.</exception>
    public ValueTask<SongChunk?> ReadAsync(long offset, int length) => _cached.ReadAsync(offset, length);

    /// <summary>Reads a chunk for one stream alone, which has its only use.</summary>
    /// <returns>Null when the file is not what it was when it was hashed.</returns>
    /// <exception cref="IOException">The disk does not give it.</exception>
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

    /// <summary>Ends one stream's use of it; the last one closes the file.</summary>
    public void Release() => _release(this);

    /// <summary>Closes the file; only <see cref="OpenSongs"/> calls it.</summary>
    public void Close()
    {
        _cached.Remove();
        _reader.Dispose();
    }
}
