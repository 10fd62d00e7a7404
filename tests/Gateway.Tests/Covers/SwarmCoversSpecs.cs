using System.Security.Cryptography;
using System.Threading.Channels;
using Akka.Actor;
using Akka.Event;
using Google.Protobuf;
using SkiaSharp;
using TspActors.Gateway.Covers;
using TspActors.Gateway.Swarm;
using TspActors.Gateway.Tests.Library;
using TspActors.Protocol;

namespace TspActors.Gateway.Tests.Covers;

public sealed class SwarmCoversSpecs : LibrarySpec, IAsyncDisposable
{
    private readonly byte[] _picture = CoverScalerSpecs.Draw(800, 800, SKEncodedImageFormat.Jpeg);
    private readonly ActorSystem _system = ActorSystem.Create("covers");
    private readonly ManualClock _time = new();
    private readonly TempData _data = new();
    private readonly IActorRef _peer;
    private readonly List<FetchCover> _asked = [];
    private SwarmCovers _covers;

    public SwarmCoversSpecs()
    {
        _peer = _system.ActorOf(Props.Create(() => new CoverPeer(_asked, _picture)));
        _covers = NewCovers();
        var song = SongOf(1);
        song.Tags.Cover = ByteString.CopyFrom(Hash.ToArray());
        List(song, SongOf(2));
    }

    private ContentHash Hash => new(SHA256.HashData(_picture));

    public async ValueTask DisposeAsync()
    {
        await _covers.DisposeAsync();
        await _system.Terminate();
        _data.Dispose();
    }

    [Fact]
    public async Task A_cover_is_fetched_once_for_all_sizes_and_from_a_song_that_has_it()
    {
        var whole = await _covers.FindAsync(Hash, 0, 0, default);
        var small = await _covers.FindAsync(Hash, 0, 100, default);
        var again = await _covers.FindAsync(Hash, 0, 100, default);

        Assert.Equal(_picture, whole!.Bytes.ToArray());
        // Sizes are rounded up.
        using var bitmap = SKBitmap.Decode(small!.Bytes.Span);
        Assert.Equal(128, bitmap.Width);
        Assert.Same(small, again);
        Assert.Equal([new FetchCover(1, Hash)], _asked);
    }

    [Fact]
    public async Task Many_requests_at_the_same_time_wait_for_one_fetch()
    {
        var pictures = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => _covers.FindAsync(Hash, 1, 64, default).AsTask()));

        Assert.All(pictures, picture => Assert.Same(pictures[0], picture));
        Assert.Single(_asked);
    }

    [Fact]
    public async Task A_cover_that_nobody_sends_is_requested_again_only_after_a_while()
    {
        var unknown = HashOf(77);
        Assert.Null(await _covers.FindAsync(unknown, 2, 0, default));
        Assert.Null(await _covers.FindAsync(unknown, 2, 64, default));
        Assert.Single(_asked);

        _time.Advance(TimeSpan.FromMinutes(2));
        Assert.Null(await _covers.FindAsync(unknown, 2, 0, default));
        Assert.Equal(2, _asked.Count);
    }

    [Fact]
    public async Task Covers_on_disk_survive_a_restart()
    {
        await _covers.FindAsync(Hash, 1, 320, default);
        await _covers.DisposeAsync();
        _covers = NewCovers();

        Assert.NotNull(await _covers.FindAsync(Hash, 1, 320, default));
        Assert.NotNull(await _covers.FindAsync(Hash, 1, 64, default));
        Assert.Single(_asked);
    }

    [Fact]
    public async Task Bytes_that_are_not_a_picture_are_never_sent_even_from_the_disk()
    {
        var text = "<svg onload=alert(1)>"u8.ToArray();
        var hash = new ContentHash(SHA256.HashData(text));
        await ReplaceAsync(_system.ActorOf(Props.Create(() => new CoverPeer(_asked, text))));

        Assert.Null(await _covers.FindAsync(hash, 1, 0, default));
        await ReplaceAsync(_peer);

        Assert.Null(await _covers.FindAsync(hash, 1, 0, default));
        Assert.Null(await _covers.FindAsync(hash, 1, 64, default));
    }

    [Fact]
    public async Task A_cover_that_waits_too_long_for_other_fetches_is_not_returned_but_does_not_count_as_missing()
    {
        var silent = new SilentPeer();
        await ReplaceAsync(_system.ActorOf(Props.Create(() => new HoldingPeer(silent))));
        var finding = Enumerable.Range(100, 7).Select(number => _covers.FindAsync(HashOf(number), 1, 0, default).AsTask()).ToList();
        var first = Task.WhenAny(finding);

        // The wait begins at some time after the call.
        using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while (!first.IsCompleted)
        {
            deadline.Token.ThrowIfCancellationRequested();
            _time.Advance(TimeSpan.FromSeconds(1));
            await Task.Yield();
        }

        Assert.Null(await await first);
        var late = HashOf(100 + finding.IndexOf(await first));
        Assert.DoesNotContain(late, await silent.ReleaseAsync(6, deadline.Token));
        await Task.WhenAll(finding);
        var again = _covers.FindAsync(late, 1, 0, default).AsTask();
        Assert.Equal([late], await silent.ReleaseAsync(1, deadline.Token));
        Assert.Null(await again);
    }

    [Fact]
    public void The_library_finds_another_song_with_the_cover_when_one_has_lost_its_hosts()
    {
        var (first, second) = (SongOf(10, album: "X"), SongOf(11, album: "X"));
        first.Tags.Cover = second.Tags.Cover = ByteString.CopyFrom(HashOf(99).ToArray());
        Change(first, second);
        Remove(10);
        Assert.Equal(11, Library.FindSongByCover(HashOf(99))!.TrackerId);

        var other = second.Clone();
        other.Tags.Cover = ByteString.Empty;
        Change(other);
        Assert.Null(Library.FindSongByCover(HashOf(99)));
        Change(second);
        Assert.Equal(11, Library.FindSongByCover(HashOf(99))!.TrackerId);
    }

    private async Task ReplaceAsync(IActorRef peer)
    {
        await _covers.DisposeAsync();
        _covers = NewCovers(peer);
    }

    private SwarmCovers NewCovers(IActorRef? peer = null) => new(
        peer ?? _peer, Library, Path.Combine(_data.Path, "covers"), 10 << 20, _time, Logging.GetLogger(_system, "covers"));

    /// <summary>A peer that has one picture.</summary>
    private sealed class CoverPeer(List<FetchCover> asked, byte[] picture) : UntypedActor
    {
        protected override void OnReceive(object message)
        {
            if (message is not FetchCover fetch)
                return;
            asked.Add(fetch);
            Sender.Tell(new CoverFetched(fetch.Cover == new ContentHash(SHA256.HashData(picture)) ? picture : default));
        }
    }

    /// <summary>The requests that a peer has not answered yet.</summary>
    private sealed class SilentPeer
    {
        private readonly Channel<(IActorRef Asker, ContentHash Cover)> _waiting = Channel.CreateBounded<(IActorRef, ContentHash)>(100);

        public void Add(IActorRef asker, ContentHash cover) => Assert.True(_waiting.Writer.TryWrite((asker, cover)));

        /// <summary>Answers this many requests, without a picture.</summary>
        public async Task<List<ContentHash>> ReleaseAsync(int count, CancellationToken cancellation)
        {
            var covers = new List<ContentHash>();
            while (covers.Count < count)
            {
                var (asker, cover) = await _waiting.Reader.ReadAsync(cancellation);
                asker.Tell(new CoverFetched(default));
                covers.Add(cover);
            }

            return covers;
        }
    }

    private sealed class HoldingPeer(SilentPeer silent) : UntypedActor
    {
        protected override void OnReceive(object message)
        {
            if (message is FetchCover fetch)
                silent.Add(Sender, fetch.Cover);
        }
    }
}
