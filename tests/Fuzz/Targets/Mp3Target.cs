using TspActors.Fuzz.Oracles;
using TspActors.Media.Library;
using TspActors.Media.Tests.Material;
using TspActors.Mpeg;
using TspActors.Protocol;
using static TspActors.Media.Tests.Material.TagBytes;
using static TspActors.Mpeg.Tests.Material.Mp3Frames;

namespace TspActors.Fuzz.Targets;

/// <summary>
/// The reader of music files. Every file is a song with a payload inside the file and the hash of exactly that payload, or it is skipped
/// because of its content.
/// </summary>
internal sealed class Mp3Target : FuzzTarget
{
    private const int BlockBytes = 16 << 10;

    // The shortest frame has 24 bytes, and the longest lasts 72 ms.
    private const int ShortestFrame = 24;
    private const int LongestFrameMs = 72;

    private readonly InputFile _file = new("song.mp3");

    public override string Name => "mp3";

    public override IEnumerable<byte[]> Seeds()
    {
        yield return Frames(5);
        yield return Join(InfoFrame(), Frames(3));
        yield return Join(LameFrame("Info", 3, 576, 1200), Frames(2, Header64), Junk(40), Frames(3, Header24k));
        yield return Join(Id3v2(4, 0, TagFrame(4, "TIT2", Utf8("Title"))), new byte[20], Frames(3, Header64), Id3v1("x", track: 3));
        yield return Join(Junk(100), Frames(4, Header24k), Ape(true, ("Title", "x")), Lyrics3v2("la"), Id3v1("y"));
        yield return Frames(3).AsSpan(0, 1000).ToArray();
        yield return Join(FreeFrames(4, 300, isPadded: number => number == 1), Junk(40), FreeFrames(2, 300), Id3v1("x"));
        yield return Junk(64);
    }

    // Most of this memory is for unpacked texts (MediaLimits.InflatedBytes).
    public override long MaxAllocated(int inputLength) => (64 << 20) + 64L * inputLength;

    public override void Run(byte[] input)
    {
        var reading = SongFile.Read(_file.Write(input));
        if (reading.Entry is SongFile song)
        {
            CheckSong(song, input);
            Rule.Holds(
                reading.Leaves.Length == (song.PayloadLength + BlockBytes - 1) / BlockBytes * ContentHash.Size, "the number of leaves is wrong");
            return;
        }

        var skipped = (SkippedFile)reading.Entry;
        Rule.Holds(skipped.IsLasting, "a file is skipped for a reason other than its content");
        Rule.IsLine(skipped.Text, 200);
        Rule.Holds(reading.Leaves.IsEmpty, "a skipped file has a hash");
    }

    private static void CheckSong(SongFile song, byte[] input)
    {
        Rule.Holds(song.Stat.Length == input.Length, "the length of the file is wrong");
        Rule.Holds(
            song.PayloadOffset >= 0 && song.PayloadLength > 0 && song.PayloadLength <= input.Length - song.PayloadOffset,
            "the payload is not within the file");
        var payload = input.AsSpan((int)song.PayloadOffset, (int)song.PayloadLength).ToArray();
        Rule.Holds(Mp3FrameHeader.TryParseFrame(payload, out _), "the payload does not begin with a frame");
        Rule.Holds(song.Hash == NaiveTree.Root(payload), "the hash is not that of the payload");
        var format = song.Format;
        Rule.Holds(format.PayloadBytes == (ulong)payload.Length, "the format states a different length");
        Rule.Holds(format.Channels is 1 or 2 && format.SampleRateHz is >= 8_000 and <= 48_000, "the format is impossible");
        Rule.Holds(
            format.DurationMs <= (payload.Length / ShortestFrame + 1) * LongestFrameMs,
            "the duration is longer than the number of bytes allows");
        Rule.Holds(format.BitrateBps > 0, "the song has no bitrate");
        TagRules.Check(song.Tags);
    }
}
