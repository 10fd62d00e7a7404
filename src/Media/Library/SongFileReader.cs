using TspActors.Media.Covers;
using TspActors.Media.Mp3;
using TspActors.Media.Tags;

namespace TspActors.Media.Library;

/// <summary>Reads a file of the library, and turns every failure into a reason to skip the file.</summary>
internal static class SongFileReader
{
    public static FileReading Read(string path, MediaLimits limits, CancellationToken cancellation)
    {
        var stat = default(FileStat);
        try
        {
            // The file is checked before it is opened: pipes and devices have no length, and opening a pipe would wait for its writer.
            if (FileStat.Read(path) is not { } found)
                return Skip(path, stat, SkipReason.Vanished, ExplainMissing(path, "it no longer exists"));
            stat = found;
            if (stat.Length == 0)
                return Skip(path, stat, SkipReason.Empty, "it is empty");
            return ReadContent(path, limits, cancellation);
        }
        catch (Exception error) when (error is FileNotFoundException or DirectoryNotFoundException)
        {
            return Skip(path, stat, SkipReason.Vanished, ExplainMissing(path, "it no longer exists"));
        }
        catch (EndOfStreamException error)
        {
            return Skip(path, stat, SkipReason.ChangedWhileRead, error.Message);
        }
        catch (UnauthorizedAccessException)
        {
            return Skip(path, stat, SkipReason.Unreadable, "the program does not have permission to read it");
        }
        catch (Exception error) when (error is not OperationCanceledException and not OutOfMemoryException)
        {
            // .NET throws an ArgumentException for impossible names and times. An error in a single file must not stop the scan.
            return Skip(path, stat, SkipReason.Unreadable, OneLine(error.Message, path));
        }
    }

    private static FileReading ReadContent(string path, MediaLimits limits, CancellationToken cancellation)
    {
        using var file = File.OpenHandle(
            path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, FileOptions.SequentialScan);
        var stat = FileStat.Read(file);
        var regions = TagRegions.Find(file, stat.Length, limits);
        var payload = Mp3Scanner.Scan(file, regions, limits, out var missing, cancellation);
        if (FileStat.Read(file) != stat)
            return Skip(path, stat, SkipReason.ChangedWhileRead, "it changed while it was being read");
        if (payload is null)
        {
            return missing switch
            {
                PayloadFault.Truncated => Skip(path, stat, SkipReason.Truncated, "it ends before its first complete frame of audio"),
                PayloadFault.MostlyJunk => Skip(path, stat, SkipReason.NotMp3, "most of the data between its audio frames is not audio"),
                _ => Skip(path, stat, SkipReason.NotMp3, ForeignFormat.Describe(file, regions)),
            };
        }

        var tags = TagReader.Read(file, regions, payload.Offset, payload.Format, path, limits);
        return new FileReading(
            new SongFile(path, stat, payload.Offset, payload.Length, payload.Hash, payload.Format, tags)
            {
                CoverSource = tags.Cover.IsEmpty ? CoverSource.None : CoverSource.Tag,
            },
            payload.Leaves)
        {
            IsCutOff = payload.IsCutOff,
        };
    }

    private static FileReading Skip(string path, FileStat stat, SkipReason reason, string text) =>
        new(new SkippedFile(path, stat, reason, text), default);

    /// <summary>
    /// Explains a missing file or folder. .NET shows invalid UTF-8 as U+FFFD and then cannot find the file or folder by that name.
    /// </summary>
    internal static string ExplainMissing(string path, string otherwise) =>
        path.Contains('\uFFFD', StringComparison.Ordinal) ? "its name is not valid UTF-8; rename it" : otherwise;

    private static string OneLine(string message, string path) =>
        TagText.Clean(message.Replace($" : '{path}'", "", StringComparison.Ordinal), 200);
}
