using TspActors.Media.Library;
using TspActors.Peer.Hosting;
using TspActors.Peer.Hosting.Streams;
using TspActors.Peer.Library;
using TspActors.Peer.Tests.Material;
using TspActors.Protocol;

namespace TspActors.Peer.Tests.Hosting.Streams;

/// <summary>Listeners who are close together share a read and a buffer.</summary>
public sealed class ChunkCacheSpecs : IDisposable
{
    private const int ChunkBytes = 10_000;

    private readonly TempFolder _folder = new();
    private readonly TestSong _song = new(100_000);

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task what_was_read_is_given_again_with_its_frame_around_it()
    {
        var (cache, song, _) = Open(100_000);

        var first = await song.ReadAsync(20_000, ChunkBytes);
        var second = await song.ReadAsync(20_000, ChunkBytes);

        Assert.Same(first, second);
        Assert.Equal(FrameEncoder.Encode(Operation.Data, 7, _song.Payload.AsSpan(20_000, ChunkBytes)), first!.Frame.ToArray());
        Assert.Equal(ChunkBytes, cache.Bytes);
        song.Release();
    }

    [Fact]
    public async Task many_at_once_get_one_buffer()
    {
        var (_, song, _) = Open(100_000);

        var chunks = await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => Task.Run(async () => await song.ReadAsync(0, ChunkBytes))));

        Assert.Single(chunks.Distinct());
        song.Release();
    }

    [Fact]
    public async Task no_more_than_the_limit_is_kept_and_the_oldest_goes()
    {
        var (cache, song, _) = Open(3 * ChunkBytes);
        var chunks = new List<SongChunk?>();
        for (var at = 0; at < 100_000; at += ChunkBytes)
        {
            chunks.Add(await song.ReadAsync(at, ChunkBytes));
            Assert.InRange(cache.Bytes, ChunkBytes, 3 * ChunkBytes);
        }

        Assert.Same(chunks[9], await song.ReadAsync(90_000, ChunkBytes));
        Assert.NotSame(chunks[0], await song.ReadAsync(0, ChunkBytes));
        song.Release();
    }

    [Fact]
    public async Task a_chunk_that_has_left_the_cache_stays_as_it_is_while_somebody_has_it()
    {
        var (_, song, _) = Open(ChunkBytes);
        var kept = await song.ReadAsync(0, ChunkBytes);
        for (var at = ChunkBytes; at < 100_000; at += ChunkBytes)
            (await song.ReadAsync(at, ChunkBytes))!.Release();

        Assert.Equal(_song.Payload[..ChunkBytes], kept!.Body.ToArray());
        song.Release();
    }

    [Fact]
    public async Task without_room_nothing_is_kept()
    {
        var (cache, song, _) = Open(0);

        Assert.NotSame(await song.ReadAsync(0, ChunkBytes), await song.ReadAsync(0, ChunkBytes));

        Assert.Equal(0, cache.Bytes);
        song.Release();
    }

    [Fact]
    public async Task a_file_that_was_cut_gives_nothing_to_anyone_and_what_was_read_before_stays_right()
    {
        var (_, song, path) = Open(100_000);
        var before = await song.ReadAsync(0, ChunkBytes);
        using (var file = new FileStream(path, FileMode.Open, FileAccess.Write, FileShare.ReadWrite))
            file.SetLength(5_000);

        Assert.Null(await song.ReadAsync(50_000, ChunkBytes));
        Assert.Null(await song.ReadAloneAsync(50_000, ChunkBytes));
        Assert.Same(before, await song.ReadAsync(0, ChunkBytes));
        song.Release();
    }

    [Fact]
    public async Task a_song_is_open_once_and_closed_with_its_last_stream()
    {
        var cache = new ChunkCache(100_000);
        var songs = new OpenSongs(cache);
        var own = _song.WriteTo(_folder.In("song.mp3"), 7);
        Assert.IsType<PayloadOpening.Opened>(songs.Open(own, out var first));
        Assert.IsType<PayloadOpening.Opened>(songs.Open(own, out var second));
        Assert.Same(first, second);
        await first!.ReadAsync(0, ChunkBytes);

        first.Release();
        Assert.NotNull(await second!.ReadAloneAsync(0, ChunkBytes));
        second.Release();

        Assert.Equal(0, cache.Bytes);
        await Assert.ThrowsAsync<ObjectDisposedException>(() => second.ReadAloneAsync(0, ChunkBytes));
        Assert.IsType<PayloadOpening.Opened>(songs.Open(own, out var again));
        Assert.NotSame(first, again);
        again!.Release();
    }

    [Fact]
    public void who_comes_when_the_file_is_another_one_does_not_join_those_who_listen_to_the_old_one()
    {
        var songs = new OpenSongs(new ChunkCache(100_000));
        var own = _song.WriteTo(_folder.In("song.mp3"), 7);
        songs.Open(own, out var first);
        File.SetLastWriteTimeUtc(own.File.Path, DateTime.UtcNow.AddHours(1));

        Assert.IsType<PayloadOpening.Changed>(songs.Open(own, out var second));

        Assert.Null(second);
        first!.Release();
    }

    [Fact]
    public void more_songs_than_may_be_open_are_not_opened_but_those_that_are_can_be_joined()
    {
        var songs = new OpenSongs(new ChunkCache(0), max: 1);
        var own = _song.WriteTo(_folder.In("song.mp3"), 7);
        var other = _song.WriteTo(_folder.In("other.mp3"), 8);
        songs.Open(own, out var first);
        Assert.Null(songs.Open(other, out _));
        Assert.IsType<PayloadOpening.Opened>(songs.Open(own, out var second));
        first!.Release();
        second!.Release();
        Assert.IsType<PayloadOpening.Opened>(songs.Open(other, out var third));
        third!.Release();
    }

    [Fact]
    public async Task one_loader_call_serves_all_who_wait_and_a_failure_is_not_kept()
    {
        var cache = new ChunkCache(100_000);
        var loading = new TaskCompletionSource<SongChunk?>();
        var calls = 0;
        var song = cache.AddSong((_, _) =>
        {
            calls++;
            return loading.Task;
        });
        var first = song.ReadAsync(0, ChunkBytes).AsTask();
        var second = song.ReadAsync(0, ChunkBytes).AsTask();
        Assert.Equal(1, calls);

        loading.SetException(new IOException("the disk is gone"));

        await Assert.ThrowsAsync<IOException>(() => first);
        await Assert.ThrowsAsync<IOException>(() => second);
        loading = new TaskCompletionSource<SongChunk?>();
        loading.SetResult(new SongChunk(7, 0, ChunkBytes));
        Assert.NotNull(await song.ReadAsync(0, ChunkBytes));
        Assert.Equal((2, (long)ChunkBytes), (calls, cache.Bytes));
    }

    [Fact]
    public async Task songs_do_not_share_chunks_and_a_song_that_goes_takes_its_own_along()
    {
        var cache = new ChunkCache(100_000);
        var (one, other) = (cache.AddSong(LoadAsync), cache.AddSong(LoadAsync));
        var ofOne = await one.ReadAsync(0, ChunkBytes);
        var ofOther = await other.ReadAsync(0, ChunkBytes);
        Assert.NotSame(ofOne, ofOther);

        one.Remove();

        Assert.Equal(ChunkBytes, cache.Bytes);
        Assert.Same(ofOther, await other.ReadAsync(0, ChunkBytes));

        static Task<SongChunk?> LoadAsync(long offset, int length) => Task.FromResult<SongChunk?>(new SongChunk(7, offset, length));
    }

    private (ChunkCache Cache, OpenSong Song, string Path) Open(long capacity)
    {
        var cache = new ChunkCache(capacity);
        var path = _folder.In("song.mp3");
        new OpenSongs(cache).Open(_song.WriteTo(path, 7), out var song);
        return (cache, song!, path);
    }
}
