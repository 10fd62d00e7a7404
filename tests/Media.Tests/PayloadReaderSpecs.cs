using TspActors.Media.Library;
using TspActors.Media.Tests.Material;
using static TspActors.Media.Tests.Material.TagBytes;
using static TspActors.Mpeg.Tests.Material.Mp3Frames;

namespace TspActors.Media.Tests;

public sealed class PayloadReaderSpecs : IDisposable
{
    private static readonly byte[] Payload = Frames(100);
    private readonly TempFolder _folder = new();
    private readonly SongFile _song;

    public PayloadReaderSpecs() =>
        _song = (SongFile)SongFile.Read(_folder.Write("song.mp3", Join(Id3v2(3, 0, new byte[500]), Payload, Id3v1("x")))).Entry;

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(0, 1000)]
    [InlineData(1234, 4096)]
    [InlineData(41_000, 9999)]
    [InlineData(41_700, 10)]
    [InlineData(50_000, 10)]
    public async Task Reads_the_payload_and_nothing_after_it(int offset, int count)
    {
        using var reader = Open();
        var buffer = new byte[count];
        var read = await reader.ReadAsync(buffer, offset);
        var expected = Payload.Skip(offset).Take(count).ToArray();
        Assert.Equal(expected, buffer[..read]);
        Assert.Equal(Payload.Length, reader.Length);
    }

    [Fact]
    public async Task A_negative_offset_throws()
    {
        using var reader = Open();
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(async () => await reader.ReadAsync(new byte[1], -1));
    }

    [Fact]
    public void A_file_that_changed_is_not_opened()
    {
        File.AppendAllBytes(_song.Path, [1]);
        Assert.IsType<PayloadOpening.Changed>(PayloadReader.Open(_song));
    }

    [Fact]
    public void A_file_with_a_different_modification_time_is_not_opened()
    {
        File.SetLastWriteTimeUtc(_song.Path, DateTime.UtcNow.AddDays(-1));
        Assert.IsType<PayloadOpening.Changed>(PayloadReader.Open(_song));
    }

    [Fact]
    public void A_missing_file_is_not_opened()
    {
        File.Delete(_song.Path);
        Assert.IsType<PayloadOpening.Vanished>(PayloadReader.Open(_song));
        Assert.IsType<PayloadOpening.Vanished>(PayloadReader.Open(_song with { Path = _folder.In("no", "such", "folder.mp3") }));
        Assert.IsNotType<PayloadOpening.Opened>(PayloadReader.Open(_song with { Path = _folder.In(new string('x', 5000)) }));
    }

    [Fact]
    public async Task A_change_to_an_open_file_is_detected()
    {
        using var reader = Open();
        Assert.True(reader.IsUnchanged());
        using (var file = new FileStream(_song.Path, FileMode.Open, FileAccess.Write, FileShare.ReadWrite))
            file.SetLength(1000);
        Assert.False(reader.IsUnchanged());
        Assert.Equal(490, await reader.ReadAsync(new byte[4096], 0));
    }

    [Fact]
    public async Task A_file_deleted_while_open_can_be_read_to_the_end()
    {
        using var reader = Open();
        File.Delete(_song.Path);
        Assert.True(reader.IsUnchanged());
        Assert.Equal(Payload.Length, await reader.ReadAsync(new byte[Payload.Length], 0));
    }

    [Fact]
    public void Another_file_with_the_same_length_and_time_is_not_opened()
    {
        if (!FileStatus.IsKnown)
            return; // the system does not report the inode
        var other = _folder.Write("other", new byte[_song.Stat.Length]);
        File.SetLastWriteTimeUtc(other, new DateTime(_song.Stat.ModifiedTicks, DateTimeKind.Utc));
        File.Move(other, _song.Path, overwrite: true);
        Assert.Equal(_song.Stat.WithoutIdentity(), FileStat.Read(_song.Path)!.Value.WithoutIdentity());

        Assert.IsType<PayloadOpening.Changed>(PayloadReader.Open(_song));
        Assert.IsType<PayloadOpening.Opened>(PayloadReader.Open(_song with { Stat = _song.Stat.WithoutIdentity() })).Reader.Dispose();
    }

    [Fact]
    public void A_link_to_another_file_with_the_same_length_and_time_is_not_opened()
    {
        if (!FileStatus.IsKnown)
            return; // the system does not report the inode
        var secret = _folder.Write("secret", new byte[_song.Stat.Length]);
        File.SetLastWriteTimeUtc(secret, new DateTime(_song.Stat.ModifiedTicks, DateTimeKind.Utc));
        File.Delete(_song.Path);
        File.CreateSymbolicLink(_song.Path, secret);

        Assert.IsType<PayloadOpening.Changed>(PayloadReader.Open(_song));
    }

    [Fact]
    public void A_change_is_detected_even_if_the_modification_time_is_restored()
    {
        if (!FileStatus.IsKnown)
            return; // the system does not report the inode
        using var reader = Open();
        using (var file = new FileStream(_song.Path, FileMode.Open, FileAccess.Write, FileShare.ReadWrite))
        {
            file.Position = 2000;
            file.Write(new byte[500]);
        }

        File.SetLastWriteTimeUtc(_song.Path, new DateTime(_song.Stat.ModifiedTicks, DateTimeKind.Utc));

        Assert.IsType<PayloadOpening.Changed>(PayloadReader.Open(_song));
        Assert.False(reader.IsUnchanged());
    }

    [Fact]
    public void A_file_renamed_while_open_still_counts_as_unchanged()
    {
        using var reader = Open();
        File.Move(_song.Path, _folder.In("elsewhere.mp3"));
        Assert.True(reader.IsUnchanged());
        _folder.Write("song.mp3", [1, 2, 3]);
        Assert.True(reader.IsUnchanged());
    }

    private PayloadReader Open() => Assert.IsType<PayloadOpening.Opened>(PayloadReader.Open(_song)).Reader;
}
