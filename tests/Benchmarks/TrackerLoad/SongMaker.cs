using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;
using Google.Protobuf;
using TspActors.Protocol;

namespace TspActors.Benchmarks.TrackerLoad;

/// <summary>
/// Creates songs like those of a large collection: some words are far more frequent than others, and artists have many songs. A number
/// always yields the same song.
/// </summary>
internal static class SongMaker
{
    private const int Words = 60_000;
    private const int Artists = 30_000;

    private static readonly string[] Syllables =
        "ka lo mi ra ten sol ver na du pe chi bor el an tri mo fa gar is ul ne sha to vi qua ben ro da lin jo wes ka ma ri on".Split(' ');

    private static readonly string[] Vocabulary = [.. Enumerable.Range(0, Words).Select(MakeWord)];

    public static SharedSong Song(int number, string? title = null)
    {
        var dice = new Dice((ulong)number);
        var artist = dice.Skewed(Artists);
        return new SharedSong
        {
            ContentHash = Hash(number),
            Tags = new SongTags
            {
                Title = title ?? string.Join(' ', Enumerable.Range(0, dice.Next(1, 5)).Select(_ => Vocabulary[dice.Skewed(Words)])),
                Artist = Artist(artist),
                Album = $"{Word(artist + dice.Next(0, 12))} {Word(artist * 7)}",
                AlbumArtist = Artist(artist),
                Track = (uint)dice.Next(1, 16),
                Disc = 1,
                Year = (uint)dice.Next(1950, 2026),
                Genre = Word(artist % 40),
            },
            Format = new AudioFormat
            {
                DurationMs = (uint)dice.Next(120_000, 420_000),
                BitrateBps = 192_000,
                SampleRateHz = 44_100,
                Channels = 2,
                PayloadBytes = (ulong)dice.Next(3_000_000, 10_000_000),
            },
        };
    }

    public static ByteString Hash(int number)
    {
        Span<byte> hash = stackalloc byte[ContentHash.Size];
        BinaryPrimitives.WriteInt32BigEndian(hash, number);
        SHA256.HashData(hash[..4], hash);
        return ByteString.CopyFrom(hash);
    }

    /// <summary>Returns the word with the given rank; rank 0 is the most frequent word.</summary>
    public static string Word(int rank) => Vocabulary[rank % Words];

    private static string MakeWord(int rank)
    {
        var dice = new Dice((ulong)rank);
        return string.Concat(Enumerable.Range(0, dice.Next(2, 5)).Select(_ => Syllables[dice.Next(0, Syllables.Length)]))
            + (rank > 20_000 ? (rank % 100).ToString(CultureInfo.InvariantCulture) : "");
    }

    private static string Artist(int number) => $"{Word(number)} {Word(number * 31)}";

    /// <summary>A random number generator that costs next to nothing to create (SplitMix64).</summary>
    private sealed class Dice(ulong seed)
    {
        private ulong _state = seed * 0x9E3779B97F4A7C15;

        public int Next(int from, int to) => from + (int)(Next() % (uint)(to - from));

        /// <summary>Returns a number below <paramref name="count"/>, where low numbers are much more frequent than high ones.</summary>
        public int Skewed(int count) => (int)(count * Math.Pow((Next() >> 11) * (1.0 / (1UL << 53)), 3));

        private ulong Next()
        {
            var mixed = _state += 0x9E3779B97F4A7C15;
            mixed = (mixed ^ (mixed >> 30)) * 0xBF58476D1CE4E5B9;
            mixed = (mixed ^ (mixed >> 27)) * 0x94D049BB133111EB;
            return mixed ^ (mixed >> 31);
        }
    }
}
