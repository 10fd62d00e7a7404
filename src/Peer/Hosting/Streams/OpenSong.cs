using TspActors.Media.Library;

namespace TspActors.Peer.Hosting.Streams;

/// <summary>A song's file, open once for all streams of it. Thread-safe.</summary>
internal sealed class OpenSong(PayloadReader reader, SongFile file, int id, ChunkCache cache, Action<OpenSong> release)
{
    /// <summary>Streams that use it; its registry's.</summary>
    public int Uses { get; set; } = 1;

    /// <summary>Bytes of the payload.</summary>
    public long Length => reader.Length;

    /// <summary>A chunk that other streams of the song are likely to want too; see <see cref="ChunkCache.ReadAsync"/>.</summary>
    public ValueTask<SongChunk?> ReadAsync(long offset, int length) => cache.ReadAsync(this, offset, length);

    /// <summary>Reads a chunk for one stream alone, which has its only use.</summary>
    /// <returns>Null when the file is not what it was when it was hashed.</returns>
    /// <exception cref="IOException">The disk does not give it.</exception>
    public async Task<SongChunk?> ReadAloneAsync(long offset, int length)
    {
        var chunk = new SongChunk(id, offset, length);
        try
        {
            if (await reader.ReadAsync(chunk.Body, offset).ConfigureAwait(false) < length || !reader.IsUnchanged())
            {
                chunk.Release();
                return null;
            }

            chunk.Audio = SongTime.Of(file, chunk.Body.Span);
            return chunk;
        }
        catch (IOException)
        {
            chunk.Release();
            throw;
        }
    }

    /// <summary>One stream needs it no longer; with the last one it is closed.</summary>
    public void Release() => release(this);

    /// <summary>Closes the file; its registry's.</summary>
    public void Close()
    {
        cache.Forget(this);
        reader.Dispose();
    }
}
