using System.Collections.Concurrent;
using Akka.Actor;
using TspActors.Peer.Listening;
using TspActors.Peer.Tests.Material;
using TspActors.Protocol;
using Xunit.Abstractions;

namespace TspActors.Peer.Tests.Listening;

/// <summary>Base class for tests that fetch songs from scripted hosts on loopback.</summary>
public abstract class FetchSpec : PeerSpec
{
    private readonly List<ScriptedHost> _hosts = [];

    protected FetchSpec(ITestOutputHelper output)
        : base(output) => Link = Sys.ActorOf(Props.Create(() => new GrantingLink(Answers)));

    // The deadlines are so long that none expires by accident.
    private protected static readonly ListeningSettings Calm = new()
    {
        ConnectTimeout = TimeSpan.FromMinutes(1),
        FirstByteTimeout = TimeSpan.FromMinutes(1),
        SilenceTimeout = TimeSpan.FromMinutes(1),
        Rounds = 3,
        HostsAtOnce = 1,
        RoundDelay = TimeSpan.FromMilliseconds(1),
    };

    // The deadlines are short. If one expires on a slow machine, that costs one of the many rounds, but the fetch does not fail.
    private protected static readonly ListeningSettings Hasty = Calm with { FirstByteTimeout = Soon, SilenceTimeout = Soon, Rounds = 100 };

    private protected static readonly Requester Listener = new(PeerId.NewRandom(), "ear", null);

    /// <summary>The tracker link's reply for each song id.</summary>
    private protected ConcurrentDictionary<int, Func<object>> Answers { get; } = [];

    private protected IActorRef Link { get; }

    private protected TestSong Song { get; } = new(200_000);

    private protected ScriptedHost Host(string name, Func<ScriptedHost, RawTspClient, int, Task> script)
    {
        ScriptedHost host = null!;
        host = new ScriptedHost(name, (remote, connection) => script(host, remote, connection));
        return Keep(host);
    }

    private protected ScriptedHost Good(string name) => Keep(ScriptedHost.Good(name, Song));

    private protected ScriptedHost Keep(ScriptedHost host)
    {
        _hosts.Add(host);
        return host;
    }

    private protected void Grant(params ScriptedHost[] hosts) =>
        Answers[1] = () => new PlayGrant { Song = Song.ToSong(1, hosts.Select(host => host.Host)) };

    private protected IActorRef Fetch(
        ISongSink sink, long offset = 0, ListeningSettings? settings = null, Requester? requester = null, OwnHost? own = null) =>
        Sys.ActorOf(SongFetchActor.Props(new FetchOrder(1, offset, Pace.Full, sink, requester ?? Listener, own, KnownHosts.None),
            settings ?? Calm, Link, TestActor));

    /// <summary>Returns the fetch's last message, and skips the earlier ones.</summary>
    private protected async Task<object> OutcomeAsync() =>
        await FishForMessageAsync<object>(message => message is FetchCompleted or FetchFailed, TimeSpan.FromSeconds(30));

    protected override void AfterAll()
    {
        base.AfterAll();
        foreach (var host in _hosts)
            host.DisposeAsync().AsTask().GetAwaiter().GetResult();
    }
}
