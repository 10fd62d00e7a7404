using System.Text;
using System.Text.Json;
using TspActors.Media.Library;
using TspActors.Media.Tags;
using TspActors.Media.Tests.Material;
using TspActors.Protocol;
using static TspActors.Media.Tests.Material.TagBytes;
using static TspActors.Mpeg.Tests.Material.Mp3Frames;

namespace TspActors.Media.Tests;

/// <summary>Compares the tags that are read with those that mutagen, a library for Python, reads over a generated matrix.</summary>
public sealed class MutagenSpecs : IDisposable
{
    // The Debian package installs the module for Debian's own Python, which need not be the first one on the PATH.
    private const string Python = "/usr/bin/python3";
    private const string Module = "/usr/lib/python3/dist-packages/mutagen/__init__.py:python3-mutagen";

    private static readonly Func<string, byte[]>[] Encodings = [Latin1, Utf16, Utf16BigEndian, Utf8];

    // The numbered genres that have other names in mutagen.
    private static readonly Dictionary<int, string> OtherNames = new()
    {
        [40] = "Alt. Rock",
        [59] = "Gangsta Rap",
        [84] = "Fast-Fusion",
        [129] = "Hardcore",
        [133] = "Afro-Punk",
        [146] = "JPop",
    };

    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [NeedsFact(Python + ":python3", Module)]
    public void Generated_tags_are_read_as_mutagen_reads_them()
    {
        TagCase[] cases =
        [
            .. new[] { GeneratedTags.Files(), Lists(), Numbers(), Storage(), SeveralTags() }.SelectMany(files => files)
                .Select(file => new TagCase(file)),
            .. NumberedGenres(),
            .. Differences(),
        ];
        for (var number = 0; number < cases.Length; number++)
            _folder.Write(NameOf(number), cases[number].File);
        using var told = JsonDocument.Parse(Native.Run(Python, Path.Combine(AppContext.BaseDirectory, "mutagen_tags.py"), _folder.Path));
        for (var number = 0; number < cases.Length; number++)
        {
            var tags = Assert.IsType<SongFile>(SongFile.Read(_folder.In(NameOf(number))).Entry).Tags;
            var expected = Converted(told.RootElement.GetProperty(NameOf(number)));
            // A later version of mutagen may read a file as this project does.
            Assert.True(
                expected.Equals(tags) || cases[number].Mutagen is { } known && expected.Equals(known),
                $"case {number}: {tags}, but mutagen: {expected}. {cases[number].Reason}");
        }
    }

    private static string NameOf(int number) => $"{number:0000}.mp3";

    private static SongTags Converted(JsonElement told)
    {
        return new SongTags
        {
            Title = Values("title").FirstOrDefault(""),
            Artist = Joined("artist"),
            Album = Values("album").FirstOrDefault(""),
            AlbumArtist = Joined("albumArtist"),
            Track = TagText.LeadingNumber(Values("track").FirstOrDefault("")),
            Disc = TagText.LeadingNumber(Values("disc").FirstOrDefault("")),
            Year = TagText.Year(Values("year").FirstOrDefault("")),
            Genre = Joined("genre"),
        };

        string Joined(string field) => string.Join("; ", Values(field).Distinct(StringComparer.OrdinalIgnoreCase));

        IEnumerable<string> Values(string field) => told.TryGetProperty(field, out var values)
            ? values.EnumerateArray().Select(value => value.GetString()!).Where(value => value.Length > 0)
            : [];
    }

    private static IEnumerable<byte[]> Lists()
    {
        for (var version = 2; version <= 4; version++)
        {
            foreach (var encode in Encodings)
            {
                yield return Tagged(version, Title(version, "Song"), Frame(version, "TP1", "TPE1", encode("One\0Two\0Three")));
                yield return Tagged(version, Title(version, "Song\0"), Frame(version, "TP1", "TPE1", encode("One\0\0")));
            }

            foreach (var genre in (string[])["17", "(17)", "(17)Rock", "RX", "(RX)(CR)", "((Live)", "(17)(18)", "Jazz\08", "Rock\0Pop"])
                yield return Tagged(version, Title(version, "Song"), Frame(version, "TCO", "TCON", Latin1(genre)));
        }

        yield return Tagged(4, Title(4, "Song"), TagFrame(4, "TPE1", Latin1("One")), TagFrame(4, "TPE1", Latin1("Two")));
        yield return Join(Frames(5), Ape(true, ("TITLE", "Song"), ("artist", "One\0Two"), ("Genre", "Rock\0Pop"), ("Album Artist", "Various")));
    }

    private static IEnumerable<byte[]> Numbers()
    {
        for (var version = 2; version <= 4; version++)
        {
            foreach (var track in (string[])["3", "03/12", "0", "/12", "3 of 12"])
                yield return Tagged(version, Title(version, "Song"), Frame(version, "TRK", "TRCK", Latin1(track)));
        }

        yield return Tagged(2, Title(2, "Song"), TagFrame(2, "TYE", Latin1("1999")));
        yield return Tagged(3, Title(3, "Song"), TagFrame(3, "TYER", Latin1("1999")));
        foreach (var date in (string[])["1999", "2001-05", "2001-05-17", "2001-05-17T10:00"])
            yield return Tagged(4, Title(4, "Song"), TagFrame(4, "TDRC", Latin1(date)));
        yield return Join(Frames(5), Ape(true, ("Title", "Song"), ("Disc", "2/2"), ("Year", "1999-05-01")));
    }

    // The ways in which frames and tags can be stored.
    private static IEnumerable<byte[]> Storage()
    {
        const string text = "ÿĀ then";
        yield return Join(Id3v2(2, 0x80, Stuffed(TagFrame(2, "TT2", Utf16(text)))), Frames(5));
        yield return Join(Id3v2(3, 0x80, Stuffed(TagFrame(3, "TIT2", Utf16(text)))), Frames(5));
        var stuffed = Stuffed(Utf16(text));
        yield return Tagged(4, TagFrame(4, "TIT2", stuffed, 0x0002));
        yield return Tagged(4, TagFrame(4, "TIT2", [.. Synchsafe(Utf16(text).Length), .. stuffed], 0x0003));

        var zipped = Zipped(Latin1("squeezed"));
        yield return Tagged(3, TagFrame(3, "TIT2", [.. BigEndian(9), .. zipped], 0x0080));
        yield return Tagged(4, TagFrame(4, "TIT2", [.. Synchsafe(9), .. zipped], 0x0009));

        // Extended headers.
        yield return Join(Id3v2(3, 0x40, Join([0, 0, 0, 6], new byte[6], Title(3, "Song"))), Frames(5));
        yield return Join(Id3v2(4, 0x40, Join([0, 0, 0, 6, 1, 0], Title(4, "Song"))), Frames(5));

        // Sizes of version 2.3 in a tag of version 2.4, as iTunes wrote them.
        var album = Join(Encoding.ASCII.GetBytes("TALB"), BigEndian(300), [0, 0], Latin1(new string('a', 299)));
        yield return Tagged(4, album, Title(4, "Song"));

        // Byte order marks.
        yield return Tagged(3, TagFrame(3, "TIT2", [1, 0xFE, 0xFF, .. Encoding.BigEndianUnicode.GetBytes(text)]));
        yield return Tagged(3, TagFrame(3, "TIT2", [1, .. Encoding.Unicode.GetBytes("Song")]));
    }

    private static IEnumerable<byte[]> SeveralTags()
    {
        yield return Join(Tagged(3, Title(3, "Long")), Id3v1("Short", "Band", "Record", "1984", 7, 17));
        yield return Join(Frames(5), Id3v1(new string('x', 30), "Band  ", year: "1984"));
    }

    private static IEnumerable<TagCase> NumberedGenres() => Enumerable.Range(0, Genres.Count).Select(number => new TagCase(
        Join(Frames(5), Id3v1("Song", genre: (byte)number)),
        OtherNames.TryGetValue(number, out var name) ? new SongTags { Title = "Song", Genre = name } : null,
        "The lists of genres spell some names differently."));

    private static IEnumerable<TagCase> Differences()
    {
        yield return new TagCase(
            Tagged(3, TagFrame(3, "TIT2", [0, (byte)'I', (byte)'t', 0x92, (byte)'s'])), new SongTags { Title = "It\u0092s" },
            "Programs on Windows store Windows-1252 as Latin-1. mutagen returns control characters for its quotation marks.");
        yield return new TagCase(
            Join(Frames(5), Id3v1("It\u0092s")), new SongTags { Title = "It\u0092s" },
            "The same in ID3v1.");
        yield return new TagCase(
            Join(Frames(5), Id3v1(Encoding.Latin1.GetString(Encoding.UTF8.GetBytes("Söng")))), new SongTags { Title = "SÃ¶ng" },
            "Many programs write UTF-8 to ID3v1. mutagen reads all of it as Latin-1.");
        yield return new TagCase(
            Tagged(3, Title(3, "Song"), TagFrame(3, "TCON", Latin1("(4)Eurodisco"))), new SongTags { Title = "Song", Genre = "Disco; Eurodisco" },
            "Text after a number refines the genre (ID3v2.3, 4.2.1, TCON). mutagen returns both.");
        yield return new TagCase(
            Tagged(3, Title(3, "Song"), TagFrame(3, "TYER", Latin1("2001-05-17"))), new SongTags { Title = "Song" },
            "Some programs write a date to TYER. mutagen converts only four digits to a year.");
        foreach (var (version, flags) in new[] { (3, (ushort)0x0020), (4, (ushort)0x0040) })
        {
            yield return new TagCase(
                Tagged(version, TagFrame(version, "TIT2", [0x42, .. Latin1("Song")], flags)), new SongTags(),
                "A grouped frame begins with the number of its group. mutagen takes that byte for the encoding, and drops the frame.");
        }
    }

    private static byte[] Tagged(int version, params byte[][] frames) => Join(Id3v2(version, 0, Join(frames)), Frames(5));

    private static byte[] Title(int version, string title) => Frame(version, "TT2", "TIT2", Latin1(title));

    private static byte[] Frame(int version, string shortId, string id, byte[] body) =>
        TagFrame(version, version == 2 ? shortId : id, body);

    /// <summary>A file with tags.</summary>
    /// <param name="File">The content of the file.</param>
    /// <param name="Mutagen">The tags that mutagen reads, if it is known to read the file differently.</param>
    /// <param name="Reason">Why mutagen reads the file differently.</param>
    private sealed record TagCase(byte[] File, SongTags? Mutagen = null, string Reason = "");
}
