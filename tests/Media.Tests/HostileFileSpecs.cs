using System.Diagnostics;
using TspActors.Media.Library;
using TspActors.Media.Mp3;
using TspActors.Media.Tests.Material;
using static TspActors.Media.Tests.Material.TagBytes;
using static TspActors.Mpeg.Tests.Material.Mp3Frames;

namespace TspActors.Media.Tests;

/// <summary>Checks that reading arbitrary bytes always yields either a song or a reason to skip the file.</summary>
public sealed class HostileFileSpecs : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Random_bytes_are_never_a_song()
    {
        var random = new Random(4711);
        for (var round = 0; round < 2000; round++)
        {
            var bytes = new byte[random.Next(1, 8_000)];
            random.NextBytes(bytes);
            Assert.IsType<SkippedFile>(SongFile.Read(_folder.Write("x.mp3", bytes)).Entry);
        }
    }

    [Fact]
    public void Random_bytes_after_a_tag_header_are_never_a_song()
    {
        var random = new Random(815);
        byte[][] openings = [[.. "ID3"u8, 2, 0, 0], [.. "ID3"u8, 3, 0, 0xC0], [.. "ID3"u8, 4, 0, 0xD0, 0, 0, 40, 0],
            [.. "APETAGEX"u8, 0xD0, 7, 0, 0, 200, 1, 0, 0], [.. "TAG"u8], [.. "LYRICSBEGIN"u8]];
        byte[][] endings = [[], Id3v1("x"), [.. "LYRICS200"u8], [.. "000099LYRICS200"u8], [.. "LYRICSEND"u8],
            [.. "3DI"u8, 4, 0, 0x10, 0, 0, 5, 0], Ape(false)];
        for (var round = 0; round < 1000; round++)
        {
            var middle = new byte[random.Next(1, 4000)];
            random.NextBytes(middle);
            var bytes = Join(openings[round % openings.Length], middle, endings[round % endings.Length]);
            Assert.IsType<SkippedFile>(SongFile.Read(_folder.Write("x.mp3", bytes)).Entry);
        }
    }

    /// <summary>Set TSP_MUTATED_FILES=10000 for the full run, in which no file may take longer than two seconds.</summary>
    [Fact]
    public void A_mutated_file_is_skipped_or_its_payload_lies_within_the_file()
    {
        var isFull = int.TryParse(Environment.GetEnvironmentVariable("TSP_MUTATED_FILES"), out var files);
        var rounds = isFull ? files : 1500;
        var random = new Random(42);
        var tags = Join(
            TagFrame(4, "TIT2", Utf8("Title")), TagFrame(4, "TPE1", Utf16("Artist")), TagFrame(4, "APIC", Junk(300)),
            TagFrame(4, "TALB", [0, 0, 0, 9, .. Junk(40)], 0x0009), TagFrame(4, "TCON", Latin1("(17)")));
        var original = Join(
            Id3v2(4, 0, tags), InfoFrame(), Frames(12), Ape(true, ("Title", "x"), ("Year", "1999")), Lyrics3v2("la"), Id3v1("x"));
        var songs = 0;
        for (var round = 0; round < rounds; round++)
        {
            var bytes = Mutate(original, random);
            var path = _folder.Write("x.mp3", bytes);
            var watch = Stopwatch.StartNew();
            var entry = SongFile.Read(path).Entry;
            Assert.False(isFull && watch.Elapsed > TimeSpan.FromSeconds(2), $"Round {round} took {watch.Elapsed}.");
            if (entry is not SongFile song)
                continue;
            songs++;
            Assert.InRange(song.PayloadOffset, 0, bytes.Length - 1);
            Assert.InRange(song.PayloadLength, 1, bytes.Length - song.PayloadOffset);
            Assert.Equal(NaiveTree.Root(bytes.AsSpan((int)song.PayloadOffset, (int)song.PayloadLength).ToArray()), song.Hash);
            Assert.NotEmpty(song.Tags.Title);
        }

        Assert.InRange(songs, rounds / 3, rounds);
    }

    private static byte[] Mutate(byte[] original, Random random)
    {
        var bytes = original.ToList();
        for (var changes = random.Next(1, 6); changes > 0; changes--)
        {
            // On average, more than half of the changes hit the start of the file, where most decisions are made.
            var at = random.Next(random.Next(2) == 0 ? Math.Min(bytes.Count, 600) : bytes.Count);
            switch (random.Next(6))
            {
                case 5:
                    // Inserts a section of a tag or of the audio where it does not belong.
                    var from = random.Next(original.Length);
                    bytes.InsertRange(at, original.AsSpan(from, random.Next(Math.Min(600, original.Length - from))).ToArray());
                    break;
                case 0:
                    bytes[at] = (byte)random.Next(256);
                    break;
                case 1:
                    bytes[at] ^= (byte)(1 << random.Next(8));
                    break;
                case 2:
                    bytes.RemoveRange(at, random.Next(Math.Min(500, bytes.Count - at)));
                    break;
                case 3:
                    bytes.InsertRange(at, Junk(random.Next(300), random.Next()));
                    break;
                default:
                    bytes[at] = 0xFF;
                    break;
            }

            if (bytes.Count == 0)
                bytes.Add(0);
        }

        return [.. bytes];
    }
}
