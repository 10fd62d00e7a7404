using System.Globalization;

namespace TspActors.Benchmarks.Decoders;

/// <summary>Generates 200 MP3s: every sample rate, channel mode and kind of bitrate, tags, and damage.</summary>
internal static class DecoderMaterial
{
    private static readonly int[] Rates = [44100, 48000, 32000, 22050, 24000, 16000, 11025, 12000, 8000];
    private static readonly string[] Modes = ["m", "j", "s", "d"];
    private static readonly int[] Mpeg1Kilobits = [32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320];
    private static readonly int[] Mpeg2Kilobits = [8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160];

    internal static IEnumerable<TestSong> Generate(string folder)
    {
        var maker = new SongMaker(folder);
        var intact = Intact(maker).ToList();
        return [.. intact, .. Damaged(maker).SelectMany(SongDamage.Of)];
    }

    private static IEnumerable<TestSong> Intact(SongMaker maker)
    {
        foreach (var rate in Rates)
        {
            var (group, bitrate) = (GroupOf(rate), rate < 32000 ? rate < 16000 ? "32" : "64" : "128");
            foreach (var mode in Modes)
            {
                var channels = mode == "m" ? 1 : 2;
                yield return maker.Lame(group, rate, channels, "-m", mode, "-b", bitrate);
                yield return maker.Lame(group, rate, channels, "-m", mode, "-V", "2");
            }

            yield return maker.Lame(group, rate, 2, "-V", "0", "-p");
            yield return maker.Lame(group, rate, 1, "-V", "9");
            yield return maker.Lame(rate == 8000 ? group : "without info frame", rate, 2, "-t", "-b", bitrate);
            if (rate != 8000)
                yield return maker.Lame(group, rate, 2, "--abr", rate < 16000 ? "24" : "80");
        }

        foreach (var kilobits in Mpeg1Kilobits)
            yield return maker.Lame(GroupOf(44100), 44100, 2, "-b", Text(kilobits));
        foreach (var kilobits in Mpeg2Kilobits)
            yield return maker.Lame(GroupOf(22050), 22050, 2, "-b", Text(kilobits));
        foreach (var kilobits in Mpeg2Kilobits[..8])
            yield return maker.Lame(GroupOf(11025), 11025, 2, "-b", Text(kilobits));
        foreach (var rate in Rates[..6])
            yield return maker.Ffmpeg("from ffmpeg, with ID3", rate, 2, "-q:a", "4", "-metadata", "title=A title");
        yield return WithFalseSync(maker.Ffmpeg("from ffmpeg, with ID3", 44100, 2, "-b:a", "128k", "-id3v2_version", "0"));
    }

    // Puts a tag with a picture before the song. The picture contains bytes that look like headers.
    private static TestSong WithFalseSync(TestSong song)
    {
        var picture = new byte[16 * 128];
        for (var i = 0; i + 4 < picture.Length; i += 97)
            song.Bytes.AsSpan(0, 4).CopyTo(picture.AsSpan(i));
        byte[] tagged = [.. "ID3\x03\x00\x00\x00\x00"u8, 16, 0, .. picture, .. song.Bytes];
        return song with { Name = song.Name + ", false headers in its tag", Bytes = tagged };
    }

    private static IEnumerable<TestSong> Damaged(SongMaker maker) =>
    [
        maker.Lame("", 44100, 2, "-b", "128"), maker.Lame("", 48000, 2, "-V", "0"), maker.Lame("", 22050, 1, "-b", "32"),
        maker.Lame("", 8000, 1, "-b", "16"), maker.Lame("", 32000, 1, "-V", "4"),
    ];

    private static string GroupOf(int rate) => rate switch
    {
        8000 => "8 kHz",
        < 16000 => "MPEG-2.5, 11 and 12 kHz",
        < 32000 => "MPEG-2, 16 to 24 kHz",
        _ => "MPEG-1, 32 to 48 kHz",
    };

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
