using TspActors.Media.Library;
using TspActors.Peer.Hosting;
using TspActors.Peer.Hosting.Streams;
using TspActors.Peer.Library;
using TspActors.Peer.Tests.Material;
using TspActors.Protocol;

namespace TspActors.Peer.Tests.Hosting.Streams;

/// <summary>Checks that listeners at nearly the same position in a song share one read and one buffer.</summary>
public sealed class ChunkCacheSpecs : IDisposable
{
    private const int ChunkBytes = 10_000;

    private readonly TempFolder _folder = new();
    private readonly TestSong _song = new(100_000);

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_chunk_is_cached_as_a_complete_DATA_frame()
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
    public async Task Concurrent_readers_share_one_buffer()
    {
        var (_, song, _) = Open(100_000);

        var chunks = await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => Task.Run(async () => await song.ReadAsync(0, ChunkBytes))));

        Assert.Single(chunks.Distinct());
        song.Release();
    }

    [Fact]
    public async Task The_cache_stays_within_its_limit_by_evicting_the_oldest_chunks()
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
    public async Task An_evicted_chunk_stays_intact_while_a_reader_uses_it()
    {
        var (_, song, _) = Open(ChunkBytes);
        var kept = await song.ReadAsync(0, ChunkBytes);
        for (var at = ChunkBytes; at < 100_000; at += ChunkBytes)
            (await song.ReadAsync(at, ChunkBytes))!.Release();

        Assert.Equal(_song.Payload[..ChunkBytes], kept!.Body.ToArray());
        song.Release();
    }

    [Fact]
    public async Task A_cache_with_no_capacity_keeps_nothing()
    {
        var (cache, song, _) = Open(0);

        Assert.NotSame(await song.ReadAsync(0, ChunkBytes), await song.ReadAsync(0, ChunkBytes));

        Assert.Equal(0, cache.Bytes);
        song.Release();
    }

    [Fact]
    public async Task Reading_a_truncated_file_returns_null_and_cached_chunks_stay_valid()
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
    public async Task A_song_is_opened_once_and_closed_with_its_last_stream()
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
    public void A_listener_that_arrives_after_the_file_changed_does_not_share_the_old_file()
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
    public void At_the_limit_no_other_song_is_opened_but_open_ones_can_be_shared()
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
    public async Task One_load_serves_all_waiting_readers_and_a_failure_is_not_cached()
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
    public async Task Songs_do_not_share_chunks_and_a_closed_song_frees_its_own()
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
