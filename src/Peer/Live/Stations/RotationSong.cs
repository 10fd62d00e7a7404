using System.Buffers.Binary;
using TspActors.Peer.Library;
using TspActors.Protocol.Search;

namespace TspActors.Peer.Live.Stations;

/// <summary>A song as a <see cref="Rotation"/> sees it.</summary>
/// <param name="Key">The first eight bytes of the content hash, which are enough to distinguish the songs of one library.</param>
/// <param name="Artist">The artist, normalised for comparison; empty = unknown.</param>
/// <param name="Song">The song itself.</param>
internal sealed record RotationSong(ulong Key, string Artist, OwnSong Song)
{
    public static RotationSong Of(OwnSong song) => new(
        BinaryPrimitives.ReadUInt64BigEndian(song.File.Hash.ToArray()), SearchText.Fold(song.File.Tags.Artist), song);

    /// <summary>The title that listeners see: the artist and the song's title.</summary>
    public string Title => Song.File.Tags is { Artist.Length: > 0 } tags ? $"{tags.Artist} – {tags.Title}" : Song.File.Tags.Title;
}
