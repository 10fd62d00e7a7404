using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;
using Google.Protobuf;
using TspActors.Protocol;

namespace TspActors.Benchmarks.TrackerLoad;

/// <summary>Songs that look like a large collection: the same number is always the same song, common words are common, artists have many songs.</summary>
internal static class SongMaker
{
    private const int Words = 60_000;
    private const int Artists = 30_000;

    private static readonly string[] Syllables =
        "ka lo mi ra ten sol ver na du pe chi bor el an tri mo fa gar is ul ne sha to vi qua ben ro da lin jo wes ka ma ri on".Split(' ');

    public static SharedSong Song(int number, string? title = null)
    {
        var random = new Random(number);
        var artist = Skewed(random, Artists);
        Span<byte> hash = stackalloc byte[ContentHash.Size];
        BinaryPrimitives.WriteInt32BigEndian(hash, number);
        SHA256.HashData(hash[..4], hash);
        return new SharedSong
        {
            ContentHash = ByteString.CopyFrom(hash),
            Tags = new SongTags
            {
                Title = title ?? string.Join(' ', Enumerable.Range(0, random.Next(1, 5)).Select(_ => Word(Skewed(random, Words)))),
                Artist = Artist(artist),
                Album = $"{Word(artist + random.Next(12))} {Word(artist * 7 % Words)}",
                AlbumArtist = Artist(artist),
                Track = (uint)random.Next(1, 16),
                Disc = 1,
                Year = (uint)random.Next(1950, 2026),
                Genre = Word(artist % 40),
            },
            Format = new AudioFormat
            {
                DurationMs = (uint)random.Next(120_000, 420_000), BitrateBps = 192_000, SampleRateHz = 44_100, Channels = 2, PayloadBytes = (ulong)random.Next(3_000_000, 10_000_000),
            },
        };
    }

    /// <summary>The word of that rank: 0 is the most frequent.</summary>
    public static string Word(int rank)
    {
        var random = new Random(rank);
        return string.Concat(Enumerable.Range(0, 1 + random.Next(1, 4)).Select(_ => Syllables[random.Next(Syllables.Length)]))
            + (rank > 20_000 ? (rank % 100).ToString(CultureInfo.InvariantCulture) : "");
    }

    private static string Artist(int number) => $"{Word(number % Words)} {Word((number * 31) % Words)}";

    private static int Skewed(Random random, int count) => (int)(count * Math.Pow(random.NextDouble(), 3));
}
