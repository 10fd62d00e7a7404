using System.Globalization;
using System.Text;
using TspActors.Media.Library;
using TspActors.Peer.Live.Stations;
using TspActors.Peer.Saving;
using TspActors.Protocol;

namespace TspActors.Peer.Playlists;

/// <summary>Reads and writes playlists in the M3U8 format: one song per line, in UTF-8, with its name in a comment above it.</summary>
/// <remarks>
/// A song is written as <c>tsp:ID?hash=HEX</c> (decision 0080). Other players show its name but skip it.
/// </remarks>
internal static class Playlist
{
    /// <summary>The maximum size of a playlist from another program, in bytes.</summary>
    public const int MaxBytes = 4 * 1024 * 1024;

    private const string Header = "#EXTM3U";
    private const string Info = "#EXTINF:";
    private const string PlayedAt = "#TSP-PLAYED:";
    private const string Scheme = "tsp:";
    private const string HashKey = "hash=";
    private const string TimeFormat = "yyyy-MM-dd'T'HH:mm:ss'Z'";
    private const int MaxName = 500;

    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>Reads a playlist file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="most">The maximum number of entries to read. The rest of the file is ignored.</param>
    /// <param name="maxBytes">The maximum size of the file, in bytes.</param>
    /// <exception cref="IOException">The file cannot be read, is too large, or is not UTF-8. The message is human-readable.</exception>
    public static IReadOnlyList<PlaylistEntry> Read(string path, int most, long maxBytes = MaxBytes)
    {
        try
        {
            var full = Path.GetFullPath(path);
            return Parse(Decode(ReadBytes(full, maxBytes), full), Path.GetDirectoryName(full) ?? "", most);
        }
        catch (Exception error) when (error is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new IOException($"there is no file {path}", error);
        }
        catch (UnauthorizedAccessException error)
        {
            throw new IOException($"no permission to read {path}", error);
        }
    }

    /// <summary>Returns the entries in a playlist.</summary>
    /// <param name="text">The contents of the file.</param>
    /// <param name="folder">The file's folder, against which relative paths are resolved.</param>
    /// <param name="most">The maximum number of entries.</param>
    public static IReadOnlyList<PlaylistEntry> Parse(string text, string folder, int most)
    {
        var entries = new List<PlaylistEntry>();
        var described = new PlaylistEntry("");
        using var lines = new StringReader(text);
        while (entries.Count < most && lines.ReadLine() is { } read)
        {
            var line = read.Trim();
            if (line.StartsWith(Info, StringComparison.OrdinalIgnoreCase))
            {
                described = Describe(described, line[Info.Length..]);
            }
            else if (line.StartsWith(PlayedAt, StringComparison.Ordinal))
            {
                described = described with { Played = ParseTime(line[PlayedAt.Length..]) };
            }
            else if (line.Length > 0 && line[0] != '#')
            {
                entries.Add(Locate(described, line, folder));
                described = new PlaylistEntry("");
            }
        }

        return entries;
    }

    /// <summary>Returns the contents of a playlist file with these entries.</summary>
    public static string Format(IEnumerable<PlaylistEntry> entries) => $"{Header}\n{string.Concat(entries.Select(Format))}";

    /// <summary>Returns the lines of one entry.</summary>
    public static string Format(PlaylistEntry entry)
    {
        var text = new StringBuilder();
        if (entry.Played is { } played)
            text.Append(PlayedAt).Append(played.UtcDateTime.ToString(TimeFormat, CultureInfo.InvariantCulture)).Append('\n');
        var seconds = entry.Duration > TimeSpan.Zero ? (long)Math.Round(entry.Duration.TotalSeconds) : -1;
        text.Append(CultureInfo.InvariantCulture, $"{Info}{seconds},{Clean(entry.Label)}\n");
        text.Append(Scheme).Append(entry.Id.ToString(CultureInfo.InvariantCulture));
        if (!entry.Hash.IsEmpty)
            text.Append('?').Append(HashKey).Append(entry.Hash);
        return text.Append('\n').ToString();
    }

    private static byte[] ReadBytes(string path, long maxBytes)
    {
        // Opening a pipe would block until another program opened it for writing.
        if (SpecialFile.IsAt(path) || Directory.Exists(path))
            throw new IOException($"{path} is not a file");
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        if (file.Length > Math.Min(maxBytes, Array.MaxLength))
            throw new IOException($"{path} is larger than {maxBytes >> 20} MiB, so it is probably not a playlist");
        var bytes = new byte[(int)file.Length];
        return bytes[..file.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false)];
    }

    private static string Decode(ReadOnlySpan<byte> bytes, string path)
    {
        if (bytes.StartsWith(Encoding.UTF8.Preamble))
            bytes = bytes[Encoding.UTF8.Preamble.Length..];
        try
        {
            return Utf8.GetString(bytes);
        }
        catch (DecoderFallbackException error)
        {
            throw new IOException($"{path} is not UTF-8 text; save it as M3U8 in the program that made it", error);
        }
    }

    // #EXTINF:123,Artist - Title; some programs write attributes between the number and the comma.
    private static PlaylistEntry Describe(PlaylistEntry described, string info)
    {
        var comma = info.IndexOf(',', StringComparison.Ordinal);
        if (comma < 0)
            return described;
        var number = info[..comma].Split(' ', 2)[0];
        var isTime = double.TryParse(number, NumberStyles.Float, CultureInfo.InvariantCulture, out var seconds) && seconds is > 0 and < 1e6;
        return described with
        {
            Name = Clean(info[(comma + 1)..]),
            Duration = isTime ? TimeSpan.FromSeconds(seconds) : TimeSpan.Zero,
        };
    }

    private static PlaylistEntry Locate(PlaylistEntry described, string line, string folder)
    {
        if (!line.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase))
            return described with { Path = PlaylistFile.PathOf(line, folder) ?? Clean(line) };
        var parts = line[Scheme.Length..].Split('?', 2);
        var hash = parts.Length > 1 ? parts[1].Split('&').FirstOrDefault(each => each.StartsWith(HashKey, StringComparison.Ordinal)) : null;
        return described with
        {
            Id = int.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out var id) ? id : 0,
            Hash = ContentHash.TryParse(hash?[HashKey.Length..], out var known) ? known : default,
        };
    }

    private static DateTimeOffset? ParseTime(string text) => DateTimeOffset.TryParseExact(
        text, TimeFormat, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var time)
        ? time
        : null;

    // A song name from another peer must not be able to start a new line in the file.
    private static string Clean(string name)
    {
        var clean = VisibleText.Clean(name).Trim();
        if (clean.Length <= MaxName)
            return clean;
        return clean[..(char.IsHighSurrogate(clean[MaxName - 1]) ? MaxName - 1 : MaxName)];
    }
}
