using Microsoft.Win32.SafeHandles;
using TspActors.Media.Covers;
using TspActors.Media.Hashing;
using TspActors.Media.Mp3;
using TspActors.Media.Tags;

namespace TspActors.Media.Library;

/// <summary>Recognizes a file that was moved or renamed, so that the files of a renamed folder need not be read again.</summary>
internal static class MovedFile
{
    /// <summary>
    /// Returns the song in a file at a new path if all known files with exactly its length and modification time contain the same song, one
    /// of them is gone, and the first, middle and last blocks of the payload match; null otherwise, or if this cannot be determined. Only
    /// the tags are read again.
    /// </summary>
    public static SongFile? Recognize(string path, FileStat stat, LibraryIndex index, MediaLimits limits)
    {
        var candidates = index.FindSongs(stat);
        if (candidates.FirstOrDefault(candidate => !File.Exists(candidate.Path)) is not { } moved
            || candidates.Any(candidate => candidate.Hash != moved.Hash)
            || index.Leaves(moved.Hash) is not { } leaves)
            return null;
        try
        {
            using var file = File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            if (FileStat.Read(file) != stat || !HasBlocks(file, moved, leaves))
                return null;
            var regions = TagRegions.Find(file, stat.Length, limits);
            var format = moved.Format.Clone();
            var tags = TagReader.Read(file, regions, moved.PayloadOffset, format, path, limits);
            return moved with
            {
                Path = path,
                Stat = stat,
                Format = format,
                Tags = tags,
                CoverSource = tags.Cover.IsEmpty ? CoverSource.None : CoverSource.Tag,
            };
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // Reading the entire file will fail in the same way and report the error.
            return null;
        }
    }

    private static bool HasBlocks(SafeFileHandle file, SongFile song, ReadOnlySpan<byte> leaves)
    {
        var block = new byte[MerkleTree.BlockBytes];
        var last = (song.PayloadLength - 1) / MerkleTree.BlockBytes;
        foreach (var number in (ReadOnlySpan<long>)[0, last / 2, last])
        {
            var offset = number * MerkleTree.BlockBytes;
            var length = (int)Math.Min(MerkleTree.BlockBytes, song.PayloadLength - offset);
            if (FileBytes.ReadFully(file, block.AsSpan(0, length), song.PayloadOffset + offset) < length)
                return false;
            var hash = System.Security.Cryptography.SHA256.HashData(block.AsSpan(0, length));
            if (!leaves.Slice((int)number * hash.Length, hash.Length).SequenceEqual(hash))
                return false;
        }

        return true;
    }
}
