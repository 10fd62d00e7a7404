using System.Buffers.Binary;
using System.Text;
using FsCheck.Xunit;
using Microsoft.Data.Sqlite;
using TspActors.Media.Folders;
using TspActors.Media.Library;
using TspActors.Media.Tags;
using TspActors.Media.Tests.Material;
using TspActors.Protocol;
using static TspActors.Media.Tests.Material.TagBytes;
using static TspActors.Mpeg.Tests.Material.Mp3Frames;

namespace TspActors.Media.Tests;

/// <summary>Checks how ReplayGain in the tags of files is read, and how an existing library gets it.</summary>
public sealed class GainTagSpecs : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public void User_defined_texts_are_read_in_every_version(int version)
    {
        var format = Read(Id3v2(version, 0, Join(
            Text(version, "REPLAYGAIN_TRACK_GAIN", "-6.54 dB"), Text(version, "replaygain_track_peak", "0.988553"),
            Text(version, "ReplayGain_Album_Gain", "+1.2 dB"), Text(version, "REPLAYGAIN_ALBUM_PEAK", "1.000000"))));

        Assert.Equal((-654, 988_553U, 120, 1_000_000U), Values(format));
    }

    [Theory]
    [InlineData("-6,54 dB", -654)]
    [InlineData("-6.54", -654)]
    [InlineData(" -6.54DB ", -654)]
    [InlineData("0", 0)]
    [InlineData("+60.00 dB", 6_000)]
    [InlineData("60.01 dB", null)]
    [InlineData("-1e9 dB", null)]
    [InlineData("1e308 dB", null)]
    [InlineData("NaN dB", null)]
    [InlineData("loud", null)]
    [InlineData("", null)]
    [InlineData("-6.54 dB and much more text than a number could ever need", null)]
    public void A_gain_is_read_in_any_spelling_and_ignored_if_it_is_impossible(string text, int? expected)
    {
        var format = Read(Id3v2(4, 0, Join(TagFrame(4, "TIT2", Utf8("Title")), Text(4, "REPLAYGAIN_TRACK_GAIN", text))));

        Assert.Equal(expected, format.HasTrackGainCdb ? format.TrackGainCdb : null);
    }

    [Theory]
    [InlineData("0.5", 500_000U)]
    [InlineData("1,2345", 1_234_500U)]
    [InlineData("16", 16_000_000U)]
    [InlineData("16.1", null)]
    [InlineData("0.000000", null)]
    [InlineData("-0.5", null)]
    [InlineData("0.5 dB", null)]
    [InlineData("999999999999999999999", null)]
    public void A_peak_is_ignored_if_it_is_impossible(string text, uint? expected)
    {
        var format = Read(Id3v2(4, 0, Text(4, "REPLAYGAIN_TRACK_PEAK", text)));

        Assert.Equal(expected, format.HasTrackPeakPpm ? format.TrackPeakPpm : null);
    }

    [Property]
    public void Written_values_are_read_back(int trackGain, uint trackPeak, int albumGain, uint albumPeak)
    {
        var format = new AudioFormat
        {
            TrackGainCdb = trackGain % 6_001,
            TrackPeakPpm = 1 + trackPeak % 16_000_000,
            AlbumGainCdb = albumGain % 6_001,
            AlbumPeakPpm = 1 + albumPeak % 16_000_000,
        };

        var read = Read(Id3v2Writer.Write(new SongTags { Title = "Title" }, format: format));

        Assert.Equal(Values(format), Values(read));
    }

    [Property(MaxTest = 200)]
    public void Any_text_gives_no_value_or_a_possible_one(string gain, string peak)
    {
        var format = Read(Id3v2(4, 0, Join(Text(4, "REPLAYGAIN_TRACK_GAIN", gain ?? ""), Text(4, "REPLAYGAIN_ALBUM_PEAK", peak ?? ""))));

        var clean = format.Clone();
        ReplayGainBounds.Clean(clean);
        Assert.Equal(clean, format);
    }

    [Fact]
    public void A_bad_value_does_not_hide_a_good_one_in_another_tag()
    {
        var format = Read(
            Id3v2(4, 0, Text(4, "REPLAYGAIN_TRACK_GAIN", "loud")),
            Ape(true, ("replaygain_track_gain", "-3 dB"), ("MP3GAIN_MINMAX", "1,2")));

        Assert.Equal(-300, format.TrackGainCdb);
    }

    [Fact]
    public void APE_items_are_read_and_ID3v2_takes_precedence()
    {
        var ape = Ape(true, ("REPLAYGAIN_TRACK_GAIN", "-3.00 dB"), ("REPLAYGAIN_TRACK_PEAK", "0.5"), ("REPLAYGAIN_ALBUM_GAIN", "-4 dB"));

        Assert.Equal((-300, 500_000U, -400, 0U), Values(Read([], ape)));
        Assert.Equal((-100, 500_000U, -400, 0U), Values(Read(Id3v2(4, 0, Text(4, "REPLAYGAIN_TRACK_GAIN", "-1 dB")), ape)));
    }

    [Fact]
    public void Values_that_MP3Gain_stores_for_itself_are_not_used() => Assert.Equal(
        (0, 0U, 0, 0U),
        Values(Read([], Ape(true, ("MP3GAIN_UNDO", "+002,+002,N"), ("MP3GAIN_MINMAX", "123,230"), ("MP3GAIN_ALBUM_MINMAX", "1,9")))));

    [Fact]
    public void RVA2_frames_are_read()
    {
        var format = Read(Id3v2(4, 0, Join(Volume("track", -3349, 16, 0x7E89), Volume("Album", 1024, 24, 0x400000))));

        Assert.Equal((-654, 988_556U, 200, 500_000U), Values(format));
    }

    [Fact]
    public void A_text_takes_precedence_over_an_RVA2_frame_in_the_same_tag()
    {
        var format = Read(Id3v2(4, 0, Join(Volume("track", -512, 0, 0), Text(4, "REPLAYGAIN_TRACK_GAIN", "-2 dB"))));

        Assert.Equal((-200, false), (format.TrackGainCdb, format.HasTrackPeakPpm));
    }

    [Theory]
    [InlineData(new byte[] { })]
    [InlineData(new byte[] { (byte)'t', (byte)'r' })]
    [InlineData(new byte[] { (byte)'t', (byte)'r', (byte)'a', (byte)'c', (byte)'k', 0, 1, 2 })]
    [InlineData(new byte[] { (byte)'t', (byte)'r', (byte)'a', (byte)'c', (byte)'k', 0, 1, 2, 0, 255, 9 })]
    [InlineData(new byte[] { (byte)'t', (byte)'r', (byte)'a', (byte)'c', (byte)'k', 0, 2, 2, 0, 0 })]
    [InlineData(new byte[] { (byte)'m', (byte)'a', (byte)'x', 0, 1, 2, 0, 0 })]
    public void A_damaged_or_unknown_RVA2_frame_is_ignored(byte[] frame)
    {
        var format = Read(Id3v2(4, 0, Join(TagFrame(4, "RVA2", frame), TagFrame(4, "TIT2", Utf8("Title")))));

        Assert.Equal((0, 0U, 0, 0U), Values(format));
    }

    [Fact]
    public void The_info_frame_provides_values_that_the_tags_lack()
    {
        var info = LameFrame("Info", 30, 576, 1000);
        var lame = info.AsSpan(4 + 32 + 120);
        "LAME3.99r"u8.CopyTo(lame);
        BinaryPrimitives.WriteUInt32BigEndian(lame[11..], 1 << 22);
        BinaryPrimitives.WriteUInt16BigEndian(lame[15..], 0b001_011_1_000100010);

        Assert.Equal((-340, 500_000U, 0, 0U), Values(Read([], [], info)));
        Assert.Equal(
            (-100, 500_000U, 0, 0U), Values(Read(Id3v2(4, 0, Text(4, "REPLAYGAIN_TRACK_GAIN", "-1 dB")), [], info)));
    }

    [NeedsFact("lame")]
    public void Values_that_lame_writes_are_read()
    {
        var path = _folder.In("tone.mp3");
        // The tone is loud, so lame writes a negative gain.
        Native.Run(
            "ffmpeg", "-v", "error", "-f", "lavfi", "-i", "sine=1000:duration=3,volume=10dB", "-ar", "44100", _folder.In("tone.wav"));
        Native.Run("lame", "--quiet", "--replaygain-accurate", _folder.In("tone.wav"), path);

        var format = ((SongFile)SongFile.Read(path).Entry).Format;

        Assert.InRange(format.TrackGainCdb, -2_000, -100);
        Assert.InRange(format.TrackPeakPpm, 200_000U, 1_100_000U);
    }

    [Fact]
    public void A_library_of_an_older_version_gets_the_gains_without_reading_the_songs_again()
    {
        var path = _folder.Write("music/a.mp3", Join(Id3v2(4, 0, Text(4, "REPLAYGAIN_TRACK_GAIN", "-6.54 dB")), Frames(30, seed: 1)));
        var read = Scan();
        using (var index = OpenIndex())
        {
            var song = (SongFile)index.Find(path)!;
            var old = song with { Format = song.Format.Clone() };
            old.Format.ClearTrackGainCdb();
            index.PutCovers([old]);
        }

        Assert.Equal((1, 0), (read, Scan()));
        Assert.False(Stored(path).HasTrackGainCdb);
        using (var database = new SqliteConnection($"Data Source={_folder.In("library.db")};Pooling=False"))
        {
            database.Open();
            using var command = database.CreateCommand();
            command.CommandText = "PRAGMA user_version = 6";
            command.ExecuteNonQuery();
        }

        Assert.Equal(0, Scan());
        Assert.Equal(-654, Stored(path).TrackGainCdb);
    }

    [Fact]
    public void A_moved_file_with_another_gain_gets_it()
    {
        byte[] Song(string gain) => Join(Id3v2(4, 0, Text(4, "REPLAYGAIN_TRACK_GAIN", gain)), Frames(30, seed: 1));
        var path = _folder.Write("music/a.mp3", Song("-6.54 dB"));
        var time = File.GetLastWriteTimeUtc(path);
        Scan();
        File.Delete(path);
        var moved = _folder.Write("music/b.mp3", Song("-1.00 dB"));
        File.SetLastWriteTimeUtc(moved, time);

        Scan();

        Assert.Equal(-100, Stored(moved).TrackGainCdb);
    }

    private AudioFormat Read(byte[] before, byte[]? after = null, byte[]? info = null)
    {
        var path = _folder.Write("song.mp3", Join(before, info ?? [], Frames(30, seed: 3), after ?? []));
        return Assert.IsType<SongFile>(SongFile.Read(path).Entry).Format;
    }

    private static (int, uint, int, uint) Values(AudioFormat format) =>
        (format.TrackGainCdb, format.TrackPeakPpm, format.AlbumGainCdb, format.AlbumPeakPpm);

    private static byte[] Text(int version, string name, string value) => TagFrame(
        version, version == 2 ? "TXX" : "TXXX", version == 4 ? Utf8($"{name}\0{value}") : [1, .. Wide(name), 0, 0, .. Wide(value)]);

    private static byte[] Wide(string text) => [0xFF, 0xFE, .. Encoding.Unicode.GetBytes(text)];

    private static byte[] Volume(string name, short steps, byte bits, int peak) => TagFrame(4, "RVA2", [
        .. Encoding.ASCII.GetBytes(name), 0, 1, (byte)(steps >> 8), (byte)steps, bits, .. BigEndian(peak)[(4 - (bits + 7) / 8)..]]);

    private LibraryIndex OpenIndex() => LibraryIndex.Open(_folder.In("library.db"), out _);

    private AudioFormat Stored(string path)
    {
        using var index = OpenIndex();
        return ((SongFile)index.Find(path)!).Format;
    }

    // Returns the number of files that were read as a whole.
    private int Scan()
    {
        using var index = OpenIndex();
        var library = new MusicLibrary([new MusicRoot(_folder.In("music"))], index);
        return library.Scan().FilesRead;
    }
}
