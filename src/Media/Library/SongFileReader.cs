using TspActors.Media.Mp3;
using TspActors.Media.Tags;

namespace TspActors.Media.Library;

/// <summary>Reads one file of the library and turns whatever goes wrong into a reason to skip it.</summary>
internal static class SongFileReader
{
    public static FileReading Read(string path, MediaLimits limits, CancellationToken cancellation)
    {
        var stamp = default(FileStamp);
        try
        {
            // Looked at before it is opened: pipes and devices have no length, and opening a pipe would wait for its writer.
            if (FileStamp.Of(path) is not { } found)
                return Skip(path, stamp, SkipReason.Vanished, WhyMissing(path, "it is not there any more"));
            stamp = found;
            if (stamp.Length == 0)
                return Skip(path, stamp, SkipReason.Empty, "it is empty");
            return ReadContent(path, limits, cancellation);
        }
        catch (Exception error) when (error is FileNotFoundException or DirectoryNotFoundException)
        {
            return Skip(path, stamp, SkipReason.Vanished, WhyMissing(path, "it is not there any more"));
        }
        catch (EndOfStreamException error)
        {
            return Skip(path, stamp, SkipReason.ChangedWhileRead, error.Message);
        }
        catch (UnauthorizedAccessException)
        {
            return Skip(path, stamp, SkipReason.Unreadable, "there is no permission to read it");
        }
        catch (Exception error) when (error is IOException or ArgumentException or NotSupportedException)
        {
            // The argument errors are .NET's answer to names that no file can have.
            return Skip(path, stamp, SkipReason.Unreadable, OneLine(error.Message, path));
        }
    }

    private static FileReading ReadContent(string path, MediaLimits limits, CancellationToken cancellation)
    {
        using var file = File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, FileOptions.SequentialScan);
        var stamp = FileStamp.Of(file);
        var regions = TagRegions.Find(file, stamp.Length, limits);
        var payload = Mp3Scanner.Scan(file, regions, limits, out var missing, cancellation);
        if (FileStamp.Of(file) != stamp)
            return Skip(path, stamp, SkipReason.ChangedWhileRead, "it was written to while it was read");
        if (payload is null)
        {
            return missing == NoPayload.Truncated
                ? Skip(path, stamp, SkipReason.Truncated, "it ends before its first complete frame of sound")
                : Skip(path, stamp, SkipReason.NotMp3, ForeignFormat.Describe(file, regions.AudioStart));
        }

        var tags = TagReader.Read(file, regions, path, limits);
        return new FileReading(new SongFile(path, stamp, payload.Offset, payload.Length, payload.Hash, payload.Format, tags), payload.Leaves);
    }

    private static FileReading Skip(string path, FileStamp stamp, SkipReason reason, string text) => new(new SkippedFile(path, stamp, reason, text), default);

    /// <summary>.NET shows bytes that are no UTF-8 as U+FFFD and then cannot find the file or folder by that name.</summary>
    internal static string WhyMissing(string path, string otherwise) =>
        path.Contains('\uFFFD', StringComparison.Ordinal) ? "its name is not valid UTF-8; rename it" : otherwise;

    private static string OneLine(string message, string path) =>
        TagText.Clean(message.Replace($" : '{path}'", "", StringComparison.Ordinal), 200);
}
