using Akka.Actor;
using Akka.Event;
using TspActors.Gateway.Library;
using TspActors.Gateway.Media;
using TspActors.Gateway.Swarm;
using TspActors.Protocol;

namespace TspActors.Gateway.Tests.Media;

/// <summary>Checks how long a reader waits for a peer that is asking busy hosts.</summary>
public sealed class BusyHostSpecs : IAsyncLifetime
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly ActorSystem _system = ActorSystem.Create("busy");
    private readonly string _folder = Directory.CreateTempSubdirectory("tsp-busy").FullName;
    private readonly ManualClock _time = new();
    private readonly GatewayMediaSettings _settings = new();
    private readonly TaskCompletionSource<ISongReceiver> _receiver = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly BlockCache _cache;
    private readonly SongSource _source;

    public BusyHostSpecs()
    {
        _cache = new BlockCache(_folder, 0, 0, NoLogger.Instance);
        _source = new SongSource(_system.ActorOf(Props.Create(() => new AskingPeer(_receiver))), _settings, _cache, _time);
    }

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        _source.Dispose();
        await _cache.DisposeAsync();
        await _system.Terminate();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task The_reader_learns_that_all_hosts_are_busy_even_after_the_deadline_for_the_first_byte()
    {
        using var reader = _source.Open(Song, "phone");
        var reading = reader.ReadAsync(0, CancellationToken.None).AsTask();
        var receiver = await _receiver.Task.WaitAsync(Patience);
        receiver.Notice("all hosts are busy");

        _time.Advance(_settings.FirstByteTimeout);
        _time.Advance(_settings.BusyWait - _settings.FirstByteTimeout);
        receiver.Failed(new FetchFault(FetchFaultKind.Busy, "busy", TimeSpan.FromSeconds(5)));

        var piece = await reading.WaitAsync(Patience);
        Assert.Equal((FetchFaultKind.Busy, TimeSpan.FromSeconds(5)), (piece.Fault!.Kind, piece.Fault.RetryAfter));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task The_wait_for_a_peer_that_finds_no_host_ends(bool saysSomething)
    {
        var begin = _time.GetUtcNow();
        using var reader = _source.Open(Song, "phone");
        var reading = reader.ReadAsync(0, CancellationToken.None).AsTask();
        if (saysSomething)
            (await _receiver.Task.WaitAsync(Patience)).Notice("all hosts are busy");

        using var deadline = new CancellationTokenSource(Patience);
        while (!reading.IsCompleted)
        {
            deadline.Token.ThrowIfCancellationRequested();
            _time.Advance(TimeSpan.FromSeconds(1));
            await Task.Yield();
        }

        Assert.Equal(FetchFaultKind.HostsFailed, (await reading).Fault!.Kind);
        var least = _settings.FirstByteTimeout + (saysSomething ? _settings.BusyWait : TimeSpan.Zero);
        Assert.True(_time.GetUtcNow() - begin >= least);
    }

    private static LibrarySong Song => new()
    {
        Hash = new ContentHash(new byte[ContentHash.Size]),
        Id = "tr-1",
        TrackerId = 7,
        Title = "Title",
        Artist = "Artist",
        ArtistId = "ar-1",
        Album = "Album",
        AlbumId = "al-1",
        AlbumArtist = "Artist",
        AlbumArtistId = "ar-1",
        Size = 1_000,
        Created = new DateTimeOffset(2020, 1, 1, 0, 0, 0, TimeSpan.Zero),
    };

    private sealed class AskingPeer(TaskCompletionSource<ISongReceiver> asked) : UntypedActor
    {
        protected override void OnReceive(object message)
        {
            if (message is not FetchSong fetch)
                return;
            Sender.Tell(new FetchRunning(Self));
            asked.TrySetResult(fetch.Receiver);
        }
    }
}
