using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using TspActors.Media.Folders;
using TspActors.Media.Library;

namespace TspActors.Media.Covers;

/// <summary>A picture in a folder, such as cover.jpg, that serves as the cover of the songs there.</summary>
/// <param name="Path">The path of the picture.</param>
/// <param name="Stat">Its length and modification time.</param>
public sealed record FolderPicture(string Path, FileStat Stat)
{
    private static readonly string[] Stems = ["cover", "folder", "front"];
    private static readonly string[] Extensions = [".jpg", ".jpeg", ".png"];

    /// <summary>
    /// Identifies this state of the picture. An entry in the library index stores it, so that a later scan notices when the picture has
    /// changed.
    /// </summary>
    public long Stamp
    {
        get
        {
            var text = Encoding.UTF8.GetBytes($"{System.IO.Path.GetFileName(Path)}|{Stat.Length}|{Stat.ModifiedTicks}");
            return BinaryPrimitives.ReadInt64BigEndian(SHA256.HashData(text)) & long.MaxValue | CoverSource.LeastStamp;
        }
    }

    /// <summary>Ranks a file as a cover by its name: the lowest rank wins, and -1 means that the file is not a cover.</summary>
    public static int RankOf(ReadOnlySpan<char> name)
    {
        for (var extension = 0; extension < Extensions.Length; extension++)
        {
            if (!name.EndsWith(Extensions[extension], StringComparison.OrdinalIgnoreCase))
                continue;
            var stem = name[..^Extensions[extension].Length];
            for (var rank = 0; rank < Stems.Length; rank++)
            {
                if (stem.Equals(Stems[rank], StringComparison.OrdinalIgnoreCase))
                    return rank * Extensions.Length + extension;
            }
        }

        return -1;
    }

    /// <summary>
    /// Returns the best picture in a folder, among those that the folder's rules admit; null if there is none, or if the folder
    /// cannot be listed.
    /// </summary>
    internal static FolderPicture? Find(string folder, FolderRules rules)
    {
        try
        {
            return FindAll(folder).FirstOrDefault(picture => rules.AdmitsPicture(picture.Path));
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or ArgumentException)
        {
            return null;
        }
    }

    /// <summary>Enumerates the pictures of a folder that may serve as a cover, best first.</summary>
    /// <exception cref="IOException">The folder cannot be listed.</exception>
    /// <exception cref="UnauthorizedAccessException">The program does not have permission to list the folder.</exception>
    internal static IEnumerable<FolderPicture> FindAll(string folder) => Ordered(Directory.EnumerateFiles(folder)
        .Where(path => RankOf(System.IO.Path.GetFileName(path.AsSpan())) >= 0)
        .Select(path => MusicFolder.TryReadStat(path) is { Length: > 0 } stat ? new FolderPicture(path, stat) : null)
        .OfType<FolderPicture>());

    /// <summary>Returns the picture that serves as the cover; null if there is none.</summary>
    internal static FolderPicture? BestOf(IReadOnlyCollection<FolderPicture> pictures) => Ordered(pictures).FirstOrDefault();

    // A picture whose file is too large is never shown. It comes last, so that a large scan of the booklet, for example, does not hide a
    // picture that can be shown.
    private static IEnumerable<FolderPicture> Ordered(IEnumerable<FolderPicture> pictures) => pictures
        .OrderBy(picture => picture.Stat.Length > CoverImage.MaxBytes)
        .ThenBy(picture => RankOf(System.IO.Path.GetFileName(picture.Path.AsSpan())))
        .ThenBy(picture => picture.Path, StringComparer.Ordinal);
}
