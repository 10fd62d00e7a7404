using TspActors.Media.Library;
using TspActors.Media.Mp3;
using TspActors.Media.Tags;
using TspActors.Protocol;

namespace TspActors.Media.Covers;

/// <summary>Reads the covers of songs from the files that contain them.</summary>
public static class CoverReader
{
    /// <summary>
    /// Reads the cover of a song: from its file's tag, or from a picture next to the file. Files change, so only a picture with the
    /// expected hash counts.
    /// </summary>
    /// <param name="songPath">The file of the song.</param>
    /// <param name="cover">The hash that the picture must have.</param>
    /// <param name="limits">The limits for the tags; null for the defaults.</param>
    /// <returns>The cover; null if no file contains it any more, or if the files cannot be read.</returns>
    public static CoverImage? Read(string songPath, ContentHash cover, MediaLimits? limits = null)
    {
        try
        {
            return ReadTag(songPath, limits ?? MediaLimits.Default) is { } inTag && inTag.Hash == cover ? inTag
                : Path.GetDirectoryName(songPath) is { } folder ? ReadBeside(folder, cover)
                : null;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or ArgumentException)
        {
            return null;
        }
    }

    /// <summary>Reads a picture in a folder.</summary>
    /// <param name="picture">The picture.</param>
    /// <param name="image">The cover; null if the picture is not a JPEG or PNG, is too long, or cannot be read.</param>
    /// <returns>False if the picture cannot be read.</returns>
    internal static bool TryReadPicture(FolderPicture picture, out CoverImage? image)
    {
        image = null;
        if (picture.Stat.Length > CoverImage.MaxBytes)
            return true;
        try
        {
            // The search for pictures leaves out pipes and devices, because they have no length. If the file has grown since its length was
            // read, the rest is ignored.
            using var file = File.OpenHandle(picture.Path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            var bytes = new byte[picture.Stat.Length];
            if (FileBytes.ReadFully(file, bytes, 0) == bytes.Length)
                image = CoverImage.TryCreate(bytes);
            return true;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    private static CoverImage? ReadTag(string path, MediaLimits limits)
    {
        // Pipes and devices, which have no length, are left out, because opening a pipe would wait for a writer.
        if (FileStat.Read(path) is not { Length: > 0 })
            return null;
        using var file = File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        var regions = TagRegions.Find(file, RandomAccess.GetLength(file), limits);
        return TagReader.ReadCover(file, regions, limits) is { } bytes ? CoverImage.TryCreate(bytes) : null;
    }

    private static CoverImage? ReadBeside(string folder, ContentHash cover) =>
        FolderPicture.FindAll(folder).Select(picture => TryReadPicture(picture, out var image) ? image : null)
            .FirstOrDefault(image => image?.Hash == cover);
}
