using System.Text;
using TspActors.Media.Library;
using TspActors.Media.Mp3;
using TspActors.Media.Tests.Material;
using TspActors.Mpeg;
using static TspActors.Media.Tests.Material.TagBytes;
using static TspActors.Mpeg.Tests.Material.Mp3Frames;

namespace TspActors.Media.Tests;

public sealed class SongFileSpecs : IDisposable
{
    private readonly TempFolder _folder = new();

    public static TheoryData<string, byte[], SkipReason> NoSongs => new()
    {
        { "nothing", [], SkipReason.Empty },
        { "text", Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat("la la la ", 9000))), SkipReason.NotMp3 },
        { "a JPEG", [0xFF, 0xD8, 0xFF, 0xE0, .. Junk(50_000)], SkipReason.NotMp3 },
        { "zeros", new byte[100_000], SkipReason.NotMp3 },
        { "0xFF", [.. Enumerable.Repeat<byte>(0xFF, 100_000)], SkipReason.NotMp3 },
        { "only a tag", Id3v2(3, 0, TagFrame(3, "TIT2", Latin1("x"))), SkipReason.NotMp3 },
        { "only an ID3v1 tag", Id3v1("x"), SkipReason.NotMp3 },
        { "one byte", [0xFF], SkipReason.NotMp3 },
        { "AAC", Join([.. Enumerable.Range(0, 50).Select(_ => Join([0xFF, 0xF1, 0x50, 0x80, 0x20, 0x1F, 0xFC], Junk(250)))]),
            SkipReason.NotMp3 },
        { "Layer II", Join([.. Enumerable.Range(0, 50).Select(_ => Join([0xFF, 0xFD, 0x84, 0x00], Junk(414)))]), SkipReason.NotMp3 },
        { "free format of unequal lengths", Join([.. Enumerable.Range(0, 50).Select(i => Join([0xFF, 0xFB, 0x00, 0x00], Junk(413 + i)))]),
            SkipReason.NotMp3 },
        { "two frames of free format", Join([.. Enumerable.Repeat(Join([0xFF, 0xFB, 0x00, 0x00], Junk(413)), 2)]), SkipReason.NotMp3 },
        { "one frame at the end of junk", Join(Junk(5000), Frame()), SkipReason.NotMp3 },
        { "two frames in junk", Join(Junk(5000), Frames(2), Junk(5000)), SkipReason.NotMp3 },
        { "a truncated frame", Frame()[..300], SkipReason.Truncated },
        { "a tag and a truncated frame", Join(Id3v2(4, 0, new byte[100]), Frame()[..300], Id3v1("x")), SkipReason.Truncated },
        { "only an info frame", InfoFrame(), SkipReason.Truncated },
    };

    public void Dispose() => _folder.Dispose();

    [Theory]
    [MemberData(nameof(NoSongs))]
    public void A_file_that_is_not_a_song_is_skipped_with_a_reason(string what, byte[] bytes, SkipReason reason)
    {
        var reading = SongFile.Read(_folder.Write("x.mp3", bytes));
        var skipped = Assert.IsType<SkippedFile>(reading.Entry);
        Assert.True(reason == skipped.Reason, $"{what}: {skipped}");
        Assert.True(skipped.IsLasting);
        Assert.Equal(bytes.Length, skipped.Stat.Length);
        Assert.DoesNotContain(_folder.Path, skipped.Text, StringComparison.Ordinal);
    }

    [Fact]
    public void The_reason_names_the_actual_file_type()
    {
        Assert.Contains(
            "a JPEG picture", Skip(_folder.Write("x.mp3", [0xFF, 0xD8, 0xFF, 0xE0, .. Junk(500)])).Text, StringComparison.Ordinal);
        byte[] mp4 = [0, 0, 0, 28, .. "ftypM4A "u8, 0, 0, 2, 0, .. "M4A isomiso2"u8, .. new byte[500]];
        byte[] asf = [0x30, 0x26, 0xB2, 0x75, 0x8E, 0x66, 0xCF, 0x11, 0xA6, 0xD9, 0, 0xAA, 0, 0x62, 0xCE, 0x6C, .. Junk(500)];
        Assert.Contains("an MP4 file", Skip(_folder.Write("x.mp3", mp4)).Text, StringComparison.Ordinal);
        Assert.Contains("an MP4 file", Skip(_folder.Write("x.mp3", Join(Id3v2(3, 0, new byte[30]), mp4))).Text, StringComparison.Ordinal);
        Assert.Contains("a WMA or other ASF file", Skip(_folder.Write("x.mp3", asf)).Text, StringComparison.Ordinal);
        byte[] padded = [.. new byte[20], .. "fLaC"u8, .. Junk(500)];
        Assert.Contains("a FLAC file", Skip(_folder.Write("x.mp3", padded)).Text, StringComparison.Ordinal);
        byte[] free = Join([0xFF, 0xFB, 0x00, 0x00], Junk(Mp3FreeFormat.MaxFrameBytes));
        Assert.Contains("free format", Skip(_folder.Write("x.mp3", Join(free, free, free))).Text, StringComparison.Ordinal);
        Assert.Contains("a FLAC file", Skip(_folder.Write("x.mp3", [.. "fLaC"u8, .. Junk(500)])).Text, StringComparison.Ordinal);
    }

    [Fact]
    public void A_missing_file_is_reported_as_vanished() => Assert.Equal(SkipReason.Vanished, Skip(_folder.In("gone.mp3")).Reason);

    [Fact]
    public void Folders_and_impossible_names_are_skipped()
    {
        Directory.CreateDirectory(_folder.In("folder.mp3"));
        Assert.False(Skip(_folder.In("folder.mp3")).IsLasting);
        Assert.False(Skip(_folder.In(new string('x', 5000) + ".mp3")).IsLasting);
        Assert.False(Skip(_folder.In("a\0b.mp3")).IsLasting);
    }

    [Fact]
    public void Broken_and_cyclic_links_are_skipped()
    {
        File.CreateSymbolicLink(_folder.In("nowhere.mp3"), _folder.In("nothing"));
        File.CreateSymbolicLink(_folder.In("a.mp3"), _folder.In("b.mp3"));
        File.CreateSymbolicLink(_folder.In("b.mp3"), _folder.In("a.mp3"));
        Assert.False(Skip(_folder.In("nowhere.mp3")).IsLasting);
        Assert.False(Skip(_folder.In("a.mp3")).IsLasting);
    }

    [Fact]
    public void A_link_to_a_song_is_read_as_that_song()
    {
        var path = _folder.Write("real/song.mp3", Frames(9));
        File.CreateSymbolicLink(_folder.In("link.mp3"), path);
        var (real, link) = ((SongFile)SongFile.Read(path).Entry, (SongFile)SongFile.Read(_folder.In("link.mp3")).Entry);
        Assert.Equal((real.Hash, real.Stat, FileStat.Read(_folder.In("link.mp3"))), (link.Hash, link.Stat, real.Stat));
    }

    [NeedsFact("mkfifo:coreutils")]
    public void Reading_a_pipe_does_not_block()
    {
        Native.Run("mkfifo", _folder.In("pipe.mp3"));
        Assert.Equal(SkipReason.Empty, Skip(_folder.In("pipe.mp3")).Reason);
    }

    [Fact]
    public void A_file_without_read_permission_is_skipped_and_tried_again_later()
    {
        var path = _folder.Write("secret.mp3", Frames(9));
        if (OperatingSystem.IsWindows())
            return;
        File.SetUnixFileMode(path, UnixFileMode.None);
        // Root can read everything.
        if (Environment.IsPrivilegedProcess)
            Assert.IsType<SongFile>(SongFile.Read(path).Entry);
        else
            Assert.Equal((SkipReason.Unreadable, false), (Skip(path).Reason, Skip(path).IsLasting));
    }

    [Fact]
    public void Reading_can_be_cancelled() =>
        Assert.Throws<OperationCanceledException>(
            () => SongFile.Read(_folder.Write("song.mp3", Frames(9)), null, new CancellationToken(true)));

    [Fact]
    public void Junk_is_searched_only_up_to_the_limit()
    {
        var path = _folder.Write("song.mp3", Join(Junk(300_000), Frames(50)));
        Assert.IsType<SongFile>(SongFile.Read(path).Entry);
        Assert.Equal(
            SkipReason.NotMp3, Assert.IsType<SkippedFile>(SongFile.Read(path, new MediaLimits { LeadingJunkBytes = 10_000 }).Entry).Reason);
    }

    [Fact]
    public void A_long_file_is_read_with_little_memory()
    {
        var path = _folder.In("long.mp3");
        using (var file = File.Create(path))
        {
            var frames = Frames(2500);
            for (var round = 0; round < 64; round++)
                file.Write(frames);
        }

        SongFile.Read(path);
        var before = GC.GetAllocatedBytesForCurrentThread();
        var song = Assert.IsType<SongFile>(SongFile.Read(path).Entry);
        Assert.Equal(64L * 2500 * 417, song.PayloadLength);
        // The leaves of 67 MB take 130 KB, allocated several times as the buffer grows.
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 2 << 20);
    }

    private static SkippedFile Skip(string path) => Assert.IsType<SkippedFile>(SongFile.Read(path).Entry);
}
