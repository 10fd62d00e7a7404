using Google.Protobuf;
using Microsoft.Data.Sqlite;
using TspActors.Media.Covers;
using TspActors.Media.Tags;
using TspActors.Protocol;

namespace TspActors.Media.Library;

/// <summary>Reads rows of the library index, and rejects rows that no scan could have written.</summary>
internal static class IndexRow
{
    /// <summary>The columns of a row, for a SELECT.</summary>
    public const string Columns =
        "path, length, modified, skip_reason, skip_text, payload_offset, payload_length, hash, format, tags, inode, changed, cover";

    private const int SkipReasonColumn = 3;
    private const int InodeColumn = 10;
    private const int CoverColumn = 12;

    /// <summary>Reads the entry in the current row. Returns null if the row is invalid.</summary>
    public static LibraryEntry? TryRead(SqliteDataReader row)
    {
        try
        {
            return TryReadStat(row) is { } stat ? Read(row, stat) : null;
        }
        catch (Exception error) when (IsWrongValue(error))
        {
            return null;
        }
    }

    /// <summary>Reads the length and times in the current row. Returns null if they are invalid.</summary>
    public static FileStat? TryReadStat(SqliteDataReader row)
    {
        try
        {
            var stat = new FileStat(
                row.GetInt64(1), row.GetInt64(2), row.IsDBNull(InodeColumn) ? 0 : row.GetInt64(InodeColumn),
                row.IsDBNull(InodeColumn + 1) ? 0 : row.GetInt64(InodeColumn + 1));
            return stat.Length >= 0 && stat.ModifiedTicks >= 0 && stat.ModifiedTicks <= DateTime.MaxValue.Ticks ? stat : null;
        }
        catch (Exception error) when (IsWrongValue(error))
        {
            return null;
        }
    }

    private static LibraryEntry? Read(SqliteDataReader row, FileStat stat)
    {
        var path = row.GetString(0);
        if (!row.IsDBNull(SkipReasonColumn))
        {
            var skipped = new SkippedFile(
                path, stat, (SkipReason)row.GetInt32(SkipReasonColumn), TagText.Clean(row.GetString(SkipReasonColumn + 1), 1000));
            return skipped.IsLasting ? skipped : null;
        }

        var (offset, length) = (row.GetInt64(5), row.GetInt64(6));
        var hash = row.GetFieldValue<byte[]>(7);
        if (offset < 0 || length <= 0 || length > stat.Length - offset || hash.Length != ContentHash.Size)
            return null;
        var tags = SongTags.Parser.ParseFrom(row.GetFieldValue<byte[]>(9));
        CleanText(tags);
        var format = AudioFormat.Parser.ParseFrom(row.GetFieldValue<byte[]>(8));
        if (tags.Title.Length == 0 || tags.Cover.Length is not (0 or ContentHash.Size))
            return null;
        return new SongFile(path, stat, offset, length, new ContentHash(hash), format, tags)
        {
            CoverSource = row.IsDBNull(CoverColumn) ? CoverSource.Unknown : row.GetInt64(CoverColumn),
        };
    }

    // Older versions stored characters that must not be displayed.
    private static void CleanText(SongTags tags)
    {
        var maxBytes = MediaLimits.Default.TextBytes;
        tags.Title = TagText.Clean(tags.Title, maxBytes);
        tags.Artist = TagText.Clean(tags.Artist, maxBytes);
        tags.Album = TagText.Clean(tags.Album, maxBytes);
        tags.AlbumArtist = TagText.Clean(tags.AlbumArtist, maxBytes);
        tags.Genre = TagText.Clean(tags.Genre, maxBytes);
    }

    // The errors for values of the wrong type, NULL, numbers out of range, and bytes that are not a protobuf message.
    private static bool IsWrongValue(Exception error) =>
        error is InvalidCastException or InvalidOperationException or OverflowException or InvalidProtocolBufferException;
}
