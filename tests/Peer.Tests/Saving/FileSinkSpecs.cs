using TspActors.Peer.Saving;
using TspActors.Peer.Tests.Material;
using TspActors.Protocol;

namespace TspActors.Peer.Tests.Saving;

/// <summary>Checks how a song is written to a file: as a partial file first, and under its final name only when it is complete.</summary>
public sealed class FileSinkSpecs : IDisposable
{
    private static readonly Song Song = new();

    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [NeedsFact("sh")]
    public void The_error_for_a_place_where_no_file_can_be_created_names_it()
    {
        var error = Assert.Throws<IOException>(() => FileSink.Create("/proc/x.mp3"));

        Assert.Equal("/proc/x.mp3 cannot be created: choose another place", error.Message);
    }

    [Fact]
    public async Task A_completed_song_has_its_final_name_and_no_other_file_is_left()
    {
        await using (var sink = FileSink.Create(_folder.In("song.mp3")))
        {
            await sink.WriteAsync("one "u8.ToArray(), default);
            await sink.WriteAsync("two"u8.ToArray(), default);
            Assert.False(File.Exists(_folder.In("song.mp3")));
            await sink.CompleteAsync(Song, default);
        }

        Assert.Equal("one two", await File.ReadAllTextAsync(_folder.In("song.mp3")));
        Assert.Equal(["song.mp3"], Names());
    }

    [Fact]
    public async Task An_incomplete_song_is_left_as_a_partial_file_for_the_next_attempt()
    {
        var sink = FileSink.Create(_folder.In("song.mp3"));
        await using (sink)
            await sink.WriteAsync("half"u8.ToArray(), default);

        Assert.Equal(["song.mp3.part"], Names());
        Assert.Equal(_folder.In("song.mp3.part"), sink.LeftPartial);
        await using var again = FileSink.Create(_folder.In("song.mp3"));
        Assert.Equal(4, again.Found);
    }

    [Fact]
    public async Task A_sink_that_is_disposed_while_it_completes_still_saves_the_song()
    {
        var sink = FileSink.Create(_folder.In("song.mp3"));
        await sink.WriteAsync(new byte[1_000_000], default);
        var completing = sink.CompleteAsync(Song, default);

        await sink.DisposeAsync();

        Assert.True(sink.IsSaved);
        Assert.Null(sink.LeftPartial);
        Assert.Equal(["song.mp3"], Names());
        await completing;
    }

    [Fact]
    public async Task No_file_is_left_when_nothing_was_written()
    {
        await using (FileSink.Create(_folder.In("song.mp3")))
        {
        }

        Assert.Empty(Names());
    }

    [Fact]
    public async Task A_partial_file_that_is_being_written_is_not_opened_by_another_sink()
    {
        await using var first = FileSink.Create(_folder.In("song.mp3"));

        var error = Assert.Throws<PartialFileInUseException>(() => FileSink.Create(_folder.In("song.mp3")));

        Assert.Contains("already being saved", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(200_000, 200_000)]
    [InlineData(200_000, 100_000)]
    [InlineData(200_000, 16_384)]
    [InlineData(200_000, 16_383)]
    [InlineData(10_000, 10_000)]
    [InlineData(10_000, 9_999)]
    [InlineData(200_000, 0)]
    public async Task The_correct_pieces_of_a_partial_file_are_kept(int length, int found)
    {
        var song = new TestSong(length);
        await File.WriteAllBytesAsync(_folder.In("song.mp3.part"), song.Payload[..found]);
        await using var sink = FileSink.Create(_folder.In("song.mp3"));

        var kept = await sink.KeepProvenAsync(song.Tree, default);
        await sink.WriteAsync(song.Payload.AsMemory((int)kept.Length), default);
        await sink.CompleteAsync(Song, default);

        Assert.Equal(found == length ? length : found / song.PieceBytes * song.PieceBytes, kept.Length);
        Assert.Equal(song.Payload, await File.ReadAllBytesAsync(_folder.In("song.mp3")));
        Assert.Equal(kept.Length > 0, kept.Notice is not null);
    }

    [Fact]
    public async Task The_pieces_of_a_partial_file_before_the_first_wrong_piece_are_kept()
    {
        var song = new TestSong(200_000);
        var part = song.Payload[..150_000];
        part[70_000] ^= 1;
        await File.WriteAllBytesAsync(_folder.In("song.mp3.part"), part);
        await using var sink = FileSink.Create(_folder.In("song.mp3"));

        Assert.Equal(70_000 / song.PieceBytes * song.PieceBytes, (await sink.KeepProvenAsync(song.Tree, default)).Length);
    }

    [Fact]
    public async Task A_partial_file_of_another_song_is_discarded_with_a_notice()
    {
        await File.WriteAllBytesAsync(_folder.In("song.mp3.part"), new TestSong(300_000, seed: 2).Payload);
        var song = new TestSong(200_000);
        await using var sink = FileSink.Create(_folder.In("song.mp3"));

        var kept = await sink.KeepProvenAsync(song.Tree, default);
        await sink.WriteAsync(song.Payload, default);
        await sink.CompleteAsync(Song, default);

        Assert.Equal(0, kept.Length);
        Assert.Contains("another song", kept.Notice, StringComparison.Ordinal);
        Assert.Equal(song.Payload, await File.ReadAllBytesAsync(_folder.In("song.mp3")));
    }

    [Fact]
    public async Task A_tagged_file_has_the_tag_before_the_payload_even_when_it_is_continued()
    {
        var song = new TestSong(200_000);
        await using (var first = FileSink.CreateTagged(_folder.Path, song.ToSong(1)))
        {
            await first.KeepProvenAsync(song.Tree, default);
            await first.WriteAsync(song.Payload.AsMemory(0, 100_000), default);
        }

        await using var sink = FileSink.CreateTagged(_folder.Path, song.ToSong(1));
        var kept = await sink.KeepProvenAsync(song.Tree, default);
        await sink.WriteAsync(song.Payload.AsMemory((int)kept.Length), default);
        await sink.CompleteAsync(Song, default);

        Assert.Equal(100_000 / song.PieceBytes * song.PieceBytes, kept.Length);
        Assert.Equal(_folder.In("The Tests - Paper Lanterns.mp3"), sink.Path);
        byte[] expected = [.. Media.Tags.Id3v2Writer.Write(song.Tags), .. song.Payload];
        Assert.Equal(expected, await File.ReadAllBytesAsync(sink.Path));
    }

    [Fact]
    public async Task A_number_is_added_to_a_name_that_is_taken_before_or_during_the_save()
    {
        var song = new TestSong(1_000);
        await File.WriteAllTextAsync(_folder.In("The Tests - Paper Lanterns.mp3"), "mine");
        await using var sink = FileSink.CreateTagged(_folder.Path, song.ToSong(1));
        await using var other = FileSink.CreateTagged(_folder.Path, song.ToSong(2));
        Assert.Equal(_folder.In("The Tests - Paper Lanterns (2).mp3"), sink.Path);
        Assert.Equal(_folder.In("The Tests - Paper Lanterns (3).mp3"), other.Path);
        await File.WriteAllTextAsync(_folder.In("The Tests - Paper Lanterns (2).mp3"), "mine too");

        await sink.KeepProvenAsync(song.Tree, default);
        await sink.WriteAsync(song.Payload, default);
        await sink.CompleteAsync(Song, default);

        Assert.Equal(_folder.In("The Tests - Paper Lanterns (3).mp3"), sink.Path);
        Assert.Equal("mine", await File.ReadAllTextAsync(_folder.In("The Tests - Paper Lanterns.mp3")));
        Assert.Equal("mine too", await File.ReadAllTextAsync(_folder.In("The Tests - Paper Lanterns (2).mp3")));
    }

    [Fact]
    public async Task An_existing_file_stays_until_the_new_one_is_complete()
    {
        var path = _folder.In("song.mp3");
        await File.WriteAllTextAsync(path, "old");
        await using (var sink = FileSink.Create(path))
            await sink.WriteAsync("new"u8.ToArray(), default);
        Assert.Equal("old", await File.ReadAllTextAsync(path));

        await using (var sink = FileSink.Create(path))
        {
            await sink.WriteAsync("new"u8.ToArray(), default);
            await sink.CompleteAsync(Song, default);
        }

        Assert.Equal("new", await File.ReadAllTextAsync(path));
    }

    [Fact]
    public async Task A_longer_partial_file_from_an_earlier_run_is_overwritten()
    {
        await File.WriteAllTextAsync(_folder.In("song.mp3.part"), "left by a longer attempt");

        await using (var sink = FileSink.Create(_folder.In("song.mp3")))
        {
            await sink.WriteAsync("new"u8.ToArray(), default);
            await sink.CompleteAsync(Song, default);
        }

        Assert.Equal("new", await File.ReadAllTextAsync(_folder.In("song.mp3")));
    }

    [Fact]
    public void A_folder_is_refused_as_a_target()
    {
        var error = Assert.Throws<IOException>(() => FileSink.Create(_folder.Path));

        Assert.Contains("is a folder", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_error_for_a_missing_folder_names_the_path()
    {
        var error = Assert.Throws<IOException>(() => FileSink.Create(_folder.In("none", "song.mp3")));

        Assert.Contains("does not exist", error.Message, StringComparison.Ordinal);
        Assert.Contains(_folder.In("none", "song.mp3"), error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_empty_name_is_refused_as_a_target()
    {
        var error = Assert.Throws<IOException>(() => FileSink.Create(""));

        Assert.Contains("name", error.Message, StringComparison.Ordinal);
    }

    // Not even the superuser may create a file in this folder.
    [NeedsFileFact("/sys/kernel")]
    public void The_error_for_a_folder_without_write_permission_says_so()
    {
        var error = Assert.Throws<IOException>(() => FileSink.Create("/sys/kernel/song.mp3"));

        Assert.Contains("permission", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0, 100_000)]
    [InlineData(100_000, 0)]
    [InlineData(100_000, 50_000)]
    [InlineData(50_000, 100_000)]
    public async Task A_partial_file_is_continued_even_if_the_cover_has_changed(int before, int after)
    {
        var song = new TestSong(200_000);
        await using (var first = FileSink.CreateTagged(_folder.Path, song.ToSong(1), Cover(before)))
            await first.WriteAsync(song.Payload.AsMemory(0, 100_000), default);

        await using var sink = FileSink.CreateTagged(_folder.Path, song.ToSong(1), Cover(after));
        var kept = await sink.KeepProvenAsync(song.Tree, default);
        Assert.InRange(kept.Length, 90_000, 100_000);
        await sink.WriteAsync(song.Payload.AsMemory((int)kept.Length), default);
        await sink.CompleteAsync(Song, default);

        var saved = await File.ReadAllBytesAsync(sink.Path, CancellationToken.None);
        var tag = Media.Tags.Id3v2Writer.LengthOf(saved)!.Value;
        Assert.Equal(song.Payload, saved[tag..]);
        // A cover that does not fit is left out.
        Assert.Equal(after > 0 && after <= before, HasFrame(saved.AsSpan(0, tag), "APIC"u8));
        Assert.True(HasFrame(saved.AsSpan(0, tag), "TIT2"u8));
    }

    private static byte[] Cover(int length) => length == 0 ? [] : [0xFF, 0xD8, 0xFF, 0xE0, .. new byte[length - 4]];

    private static bool HasFrame(ReadOnlySpan<byte> tag, ReadOnlySpan<byte> frame) => tag.IndexOf(frame) >= 0;

    [Fact]
    public async Task If_the_target_becomes_a_folder_the_completion_fails_and_the_partial_file_is_left()
    {
        await using (var sink = FileSink.Create(_folder.In("song.mp3")))
        {
            await sink.WriteAsync("all"u8.ToArray(), default);
            Directory.CreateDirectory(_folder.In("song.mp3"));
            await Assert.ThrowsAsync<IOException>(() => sink.CompleteAsync(Song, default).AsTask());
        }

        Assert.Equal(["song.mp3", "song.mp3.part"], Names().Order());
    }

    [NeedsFileFact("/dev/full")]
    public async Task The_error_for_a_full_disk_names_the_file()
    {
        // Every write to this device fails, as if the disk were full.
        var full = File.OpenHandle("/dev/full", FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite, FileOptions.Asynchronous);
        await using var sink = new FileSink(new SaveTarget(_folder.In("song.mp3")), full, []);

        var error = await Assert.ThrowsAsync<IOException>(() => sink.WriteAsync(new byte[10], default).AsTask());

        Assert.Contains(_folder.In("song.mp3"), error.Message, StringComparison.Ordinal);
    }

    private IEnumerable<string> Names() => Directory.EnumerateFileSystemEntries(_folder.Path).Select(path => Path.GetFileName(path));
}
