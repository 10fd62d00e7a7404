using TspActors.Media.Library;
using TspActors.Peer.Library;
using TspActors.Protocol;

namespace TspActors.Peer.Hosting.Streams;

/// <summary>The songs that are being streamed, each opened once for all of its streams. Thread-safe.</summary>
/// <param name="cache">The cache for the chunks of the songs.</param>
/// <param name="max">The maximum number of songs that may be open at the same time.</param>
internal sealed class OpenSongs(ChunkCache cache, int max = int.MaxValue)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<Key, OpenSong> _songs = [];

    /// <summary>
    /// Opens a song, or shares it with the streams that already use it. In both cases, the file at its path must still be the one that was
    /// hashed. The call blocks.
    /// </summary>
    /// <param name="own">The song.</param>
    /// <param name="song">The open song, which the caller releases; null unless the result is <see cref="PayloadOpening.Opened"/>.</param>
    /// <returns>The result; null when too many songs are open. The caller must not use the reader in it.</returns>
    public PayloadOpening? Open(OwnSong own, out OpenSong? song)
    {
        song = null;
        var key = new Key(own.File.Path, own.File.Stat, own.File.Hash, own.Id);
        lock (_gate)
        {
            if (_songs.Count >= max && !_songs.ContainsKey(key))
                return null;
        }

        var opening = PayloadReader.Open(own.File);
        if (opening is not PayloadOpening.Opened { Reader: var reader })
            return opening;
        lock (_gate)
        {
            if (!_songs.TryGetValue(key, out song))
            {
                _songs[key] = song = new OpenSong(reader, own.File, own.Id, cache, closed => Release(key, closed));
                return opening;
            }

            song.Uses++;
        }

        reader.Dispose();
        return opening;
    }

    private void Release(Key key, OpenSong song)
    {
        lock (_gate)
        {
            if (--song.Uses > 0)
                return;
            _songs.Remove(key);
        }

        song.Close();
    }

    private readonly record struct Key(string Path, FileStat Stat, ContentHash Hash, int Id);
}
