using TspActors.Media.Library;
using TspActors.Peer.Library;
using TspActors.Protocol;

namespace TspActors.Peer.Hosting.Streams;

/// <summary>The songs that are streamed now, each open once however many listen to it. Thread-safe.</summary>
/// <param name="cache">Keeps what was read last.</param>
/// <param name="max">Different songs that may be open at once.</param>
internal sealed class OpenSongs(ChunkCache cache, int max = int.MaxValue)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<Key, OpenSong> _songs = [];

    /// <summary>
    /// Opens a song, or joins those who have it open; in either case the file at its path must be what was hashed. It blocks.
    /// </summary>
    /// <param name="own">The song.</param>
    /// <param name="song">The caller's to release; null where the answer is not <see cref="PayloadOpening.Opened"/>.</param>
    /// <returns>What came of it; the reader in it is the song's. Null when too many songs are open.</returns>
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
