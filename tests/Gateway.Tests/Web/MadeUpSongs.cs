using System.Security.Cryptography;
using Google.Protobuf;
using TspActors.Protocol;

namespace TspActors.Gateway.Tests.Web;

/// <summary>Creates songs for which there are no files.</summary>
internal static class MadeUpSongs
{
    /// <summary>Texts that break the documents, headers and playlists of careless programs.</summary>
    public static readonly IReadOnlyList<string> HostileTexts =
    [
        "\0\u0001\u0008\u000b\u001f\u007f\u0085\ufffe\uffff", "]]><x>&amp;<!--", "</script><script>alert(1)</script>",
        "\u202egnp.exe\u2066\u200f", new string('w', 2_000), "", " ", "enc:70617373", "\ud83d\ude00 \u96e8 \u0439 e\u0301",
        "a\r\nSet-Cookie: evil=1\r\n\r\nb", "\nhttp://evil.example/\n#EXTINF:1,x", "\"; filename=evil.exe; x=\"\\", "../../etc/passwd\\..%2f",
        "'; DROP TABLE songs; --", "#EXTM3U", "0", "null", "\u2028\u2029",
    ];

    /// <summary>Returns songs with hostile texts in their tags, each text in every tag.</summary>
    public static IReadOnlyList<Song> Hostile(int payload) =>
    [
        .. HostileTexts.Index().Select(entry => Of(entry.Index + 1, entry.Item, entry.Item, entry.Item, entry.Item, payload)),
        .. HostileTexts.Index().Select(entry => Of(entry.Index + 101, entry.Item, "Artist", "Album", "", payload)),
        new Song { Id = 999, ContentHash = HashOf(999), Hosts = { new Host { Name = "host" } }, Tags = new SongTags(), Format = new AudioFormat() },
    ];

    /// <summary>Returns a song with these texts in its tags. For some numbers, its figures are at their limits.</summary>
    public static Song Of(int number, string title, string artist, string album, string genre = "", int payload = 1_000_000) => new()
    {
        Id = number,
        ContentHash = HashOf(number),
        Tags = new SongTags
        {
            Title = title,
            Artist = artist,
            Album = album,
            AlbumArtist = number % 3 == 0 ? "" : artist,
            Genre = genre,
            Track = number % 5 == 0 ? uint.MaxValue : (uint)(number % 5),
            Disc = number % 7 == 0 ? uint.MaxValue : 0,
            Year = number % 4 == 0 ? uint.MaxValue : 1999,
        },
        Format = new AudioFormat
        {
            DurationMs = number % 11 == 0 ? uint.MaxValue : 180_000,
            BitrateBps = number % 11 == 0 ? uint.MaxValue : 128_000,
            PayloadBytes = (uint)payload,
            SampleRateHz = 44_100,
            Channels = 2,
        },
        Hosts = { new Host { Name = "host" } },
    };

    private static ByteString HashOf(int number) => ByteString.CopyFrom(SHA256.HashData(BitConverter.GetBytes(number)));
}
