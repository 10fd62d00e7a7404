using System.Collections.Concurrent;
using Google.Protobuf;
using Microsoft.Win32.SafeHandles;
using TspActors.Media.Library;
using TspActors.Media.Mp3;
using TspActors.Media.Tags;
using TspActors.Protocol;

namespace TspActors.Media.Covers;

/// <summary>Finds the songs' covers during a scan. The picture in a folder is read only once for all songs there. Thread-safe.</summary>
internal sealed class ScanCovers(MediaLimits limits)
{
    private readonly ConcurrentDictionary<FolderPicture, ByteString?> _hashes = new();

    /// <summary>Returns true if the cover of an unchanged file must be read again, because the picture next to it has changed.</summary>
    public static bool IsStale(SongFile song, FolderPicture? picture) =>
        song.CoverSource != CoverSource.Tag && song.CoverSource != (picture?.Stamp ?? CoverSource.None);

    /// <summary>Adds the folder's picture to a song that has just been read and has no cover of its own.</summary>
    public SongFile Complete(SongFile song, FolderPicture? picture)
    {
        if (song.CoverSource == CoverSource.Tag || picture is null)
            return song;
        // A picture that cannot be read counts as missing, so that the next scan tries it again.
        if (HashOf(picture) is not { } hash)
            return song;
        var tags = song.Tags.Clone();
        tags.Cover = hash;
        return song with { Tags = tags, CoverSource = picture.Stamp };
    }

    /// <summary>
    /// Reads the cover of an unchanged file again, and also its ReplayGain if an older version of this program read the file. Returns null
    /// if the file has changed or cannot be read.
    /// </summary>
    public SongFile? Update(SongFile song, FolderPicture? picture)
    {
        var format = song.Format;
        var known = ByteString.Empty;
        if (song.CoverSource == CoverSource.Unknown)
        {
            format = format.Clone();
            if (ReadTag(song, format) is not { } read)
                return null;
            known = read;
        }

        var tags = song.Tags.Clone();
        tags.Cover = known;
        return Complete(
            song with { Format = format, Tags = tags, CoverSource = known.IsEmpty ? CoverSource.None : CoverSource.Tag }, picture);
    }

    // A picture that is neither JPEG nor PNG counts as no cover. Its stamp is kept, so that it is not read again until it changes.
    private ByteString? HashOf(FolderPicture picture) => _hashes.GetOrAdd(
        picture, found => !CoverReader.TryReadPicture(found, out var cover) ? null
            : cover is null ? ByteString.Empty
            : UnsafeByteOperations.UnsafeWrap(cover.Hash.ToArray()));

    private ByteString? ReadTag(SongFile song, AudioFormat format)
    {
        try
        {
            using SafeFileHandle file = File.OpenHandle(
                song.Path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            var stat = FileStat.Read(file);
            return song.Stat.IsSame(stat)
                ? TagReader.Read(
                    file, TagRegions.Find(file, stat.Length, limits), song.PayloadOffset, format, song.Path, limits).Cover
                : null;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or ArgumentException)
        {
            // The next scan will notice that the file has changed, is gone or cannot be read, and will report it.
            return null;
        }
    }
}
