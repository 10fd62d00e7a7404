using static TspActors.Media.Tests.Material.TagBytes;
using static TspActors.Mpeg.Tests.Material.Mp3Frames;

namespace TspActors.Media.Tests.Material;

/// <summary>Generated files with tags of every version and encoding, which several programs read in the same way.</summary>
internal static class GeneratedTags
{
    public static readonly string[] Titles =
        ["Plain", "Ünïcödé", "音楽と🎵", "It's \"so\" (live) / 2", new('x', 126), new('L', 127), new('T', 400)];

    private static readonly (Func<string, byte[]> Encode, bool IsWide)[] Encodings =
        [(Latin1, false), (Utf16, true), (Utf16BigEndian, true), (Utf8, true)];

    private static readonly (int Padding, bool HasFooter)[] Layouts = [(0, false), (5, false), (1000, false), (0, true)];

    /// <summary>Returns the contents of the files.</summary>
    public static IEnumerable<byte[]> Files()
    {
        for (var version = 2; version <= 4; version++)
        {
            foreach (var title in Titles)
            {
                foreach (var (encode, isWide) in Encodings)
                {
                    if (!isWide && title.Any(letter => letter > 0xFF))
                        continue;
                    foreach (var (padding, hasFooter) in Layouts)
                    {
                        // Only 2.4 has a footer.
                        if (hasFooter && version < 4)
                            continue;
                        var body = Join(Texts(version, title, encode), new byte[padding]);
                        yield return Join(Id3v2(version, 0, body, hasFooter), Frames(5));
                    }
                }
            }
        }

        foreach (var title in Titles)
        {
            yield return Join(Frames(5), Ape(true, ("Title", title), ("Artist", title + " band"), ("Year", "1999")));
            yield return Join(Frames(5), Ape(false, ("Title", title), ("Album", title), ("Track", "3/12")));
        }

        yield return Join(Frames(5), Id3v1("Söng", "Band", "Record", "1984", 7, 17));
    }

    private static byte[] Texts(int version, string title, Func<string, byte[]> encode)
    {
        string[] ids = version == 2
            ? ["TT2", "TP1", "TAL", "TP2", "TRK", "TPA", "TCO"]
            : ["TIT2", "TPE1", "TALB", "TPE2", "TRCK", "TPOS", "TCON"];
        // TagLibSharp splits lists of old versions at each slash.
        string[] values = [title, title.Replace('/', '-') + " band", title + " record", "Various", "3/12", "2/2", "Rock"];
        return Join([.. ids.Zip(values, (id, value) => TagFrame(version, id, encode(value)))]);
    }
}
