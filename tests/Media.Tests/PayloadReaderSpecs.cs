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
    public void A_file_written_at_another_time_is_not_opened()
    {
        File.SetLastWriteTimeUtc(_song.Path, DateTime.UtcNow.AddDays(-1));
        Assert.IsType<PayloadOpening.Changed>(PayloadReader.Open(_song));
    }

    [Fact]
    public void A_file_that_is_gone_is_not_opened()
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
    public async Task A_file_deleted_while_open_can_be_read_to_its_end()
    {
        using var reader = Open();
        File.Delete(_song.Path);
        Assert.True(reader.IsUnchanged());
        Assert.Equal(Payload.Length, await reader.ReadAsync(new byte[Payload.Length], 0));
    }

    private PayloadReader Open() => Assert.IsType<PayloadOpening.Opened>(PayloadReader.Open(_song)).Reader;
}
