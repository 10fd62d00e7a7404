using Akka.Actor;
using Akka.Event;
using TspActors.Media.Library;
using TspActors.Peer.Library;
using TspActors.Peer.Live.Feeds;
using TspActors.Peer.Live.Sources;
using TspActors.Peer.Tracking;
using TspActors.Protocol;
using TspActors.Transport;
using TspActors.Transport.Tls;

namespace TspActors.Peer.Live;

/// <summary>Starts and ends this peer's live feeds, and shares those that are on the air, alongside the songs.</summary>
/// <remarks>
/// It has a FeedActor child for each of this peer's own feeds, a RelayedFeedActor child for each feed that this peer relays, and an
/// IcecastDoorActor child for each port to which sources connect. Supervision: a feed that fails is stopped and withdrawn, and the user has
/// to start it again. A door that fails to open ends the feeds that need it.
/// </remarks>
internal sealed class LiveFeedsActor : UntypedActor
{
    /// <summary>The maximum number of feeds per peer.</summary>
    public const int MaxFeeds = 32;

    private static readonly TimeSpan StatusTimeout = TimeSpan.FromSeconds(2);

    private readonly ILoggingAdapter _log = Context.GetLogger();
    private readonly LiveSettings _settings;
    private readonly TlsIdentity _identity;
    private readonly FeedSources _sources;
    private readonly SourceDoors _doors;
    private readonly IActorRef _library;
    private readonly RelayWork _relayWork;
    private readonly SortedDictionary<string, Entry> _feeds = new(StringComparer.OrdinalIgnoreCase);
    private readonly Dictionary<ContentHash, Entry> _relayed = [];
    private bool _relays;
    private long _started;

    public LiveFeedsActor(
        LiveSettings settings, TlsIdentity identity, FeedSources sources, SourceDoors doors, IActorRef library, RelayWork relayWork)
    {
        (_relayWork, _relays) = (relayWork, settings.Relay);
        _settings = settings;
        _identity = identity;
        _sources = sources;
        _doors = doors;
        _library = library;
    }

    /// <param name="settings">The feeds to start immediately, and the settings that apply to all feeds.</param>
    /// <param name="identity">This peer's key.</param>
    /// <param name="sources">Creates the sources that run inside this peer.</param>
    /// <param name="doors">The ports to which sources connect.</param>
    /// <param name="library">The LibraryActor, which shares the feeds.</param>
    /// <param name="relayWork">The settings, identity and actors for passing on other peers' feeds.</param>
    public static Props Props(
        LiveSettings settings, TlsIdentity identity, FeedSources sources, SourceDoors doors, IActorRef library, RelayWork relayWork) =>
        Akka.Actor.Props.Create(() => new LiveFeedsActor(settings, identity, sources, doors, library, relayWork));

    protected override SupervisorStrategy SupervisorStrategy() => new OneForOneStrategy(_ => Directive.Stop);

    protected override void PreStart()
    {
        foreach (var feed in _settings.Feeds)
        {
            if (Start(feed) is { } refusal)
                _log.Error("the live feed {0} could not be started: {1}", feed.Name, refusal);
        }
    }

    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case StartFeed start:
                Reply(Start(start.Feed), $"{start.Feed.Name} is starting");
                break;
            case StopFeed stop when Find(stop.Name) is { } entry:
                End(entry);
                Sender.Tell(new LiveDone($"{entry.Feed.Name} has ended"));
                break;
            case SetFeedTitle title when Find(title.Name) is { } entry:
                entry.Actor.Tell(new SetTitle(title.Title));
                Sender.Tell(new LiveDone($"{entry.Feed.Name} is now playing {FeedTitle.Read(title.Title).Text}"));
                break;
            case SkipFeedSong skip when Find(skip.Name) is { } entry:
                Reply(Skip(entry), $"{entry.Feed.Name} is skipping to its next song");
                break;
            case StopFeed or SetFeedTitle or SkipFeedSong:
                Sender.Tell(new LiveRefused(
                    _feeds.Count == 0 ? "this peer has no live feed" : $"there is no such feed; the feeds are {string.Join(", ", _feeds.Keys)}"));
                break;
            case SetRelay set:
                TurnRelay(set.On);
                Sender.Tell(new LiveDone(
                    (set.On ? "this peer now passes on the feeds that it plays" : "this peer no longer passes on feeds")
                        + "; the tracker learns of it when this peer next connects"));
                break;
            case OfferRelay offer:
                Sender.Tell(Hear(offer.Song));
                break;
            case GetLiveFeeds:
                Describe().PipeTo(Sender);
                break;
            case FeedOnAir onAir when EntryOf(Sender) is { } entry:
                Share(entry, onAir);
                break;
            case FeedOffAir when EntryOf(Sender) is { } entry:
                Withdraw(entry);
                break;
            case FeedGone gone when EntryOf(gone.Feed) is { } entry:
                if (entry.Feed.Source is not FeedSource.Relay)
                    _log.Error("the live feed {0} has failed", entry.Feed.Name);
                Forget(entry);
                break;
            case SourceDoors.Failed failed:
                foreach (var entry in _feeds.Values.Where(each => each.Feed.Source is FeedSource.Icecast at && at.Port == failed.Port)
                    .ToList())
                {
                    _log.Error("the live feed {0} has ended: {1}", entry.Feed.Name, failed.Reason);
                    End(entry);
                }

                break;
            default:
                if (!_doors.Handle(message, Sender, Context))
                    Unhandled(message);
                break;
        }
    }

    /// <summary>Starts a feed.</summary>
    /// <returns>Why it was not started; null if it was.</returns>
    private string? Start(FeedSettings feed)
    {
        if (Find(feed.Name) is not null)
            return $"a feed named {feed.Name} already exists";
        if (_feeds.Count >= MaxFeeds)
            return $"a peer can have at most {MaxFeeds} feeds";
        if (_doors.Refusal(feed) is { } refusal)
            return refusal;
        var identity = FeedIdentity.Own(_identity, feed.Name, out var key);
        var actor = Context.ActorOf(FeedActor.Props(feed, _settings, identity, key, _sources), $"{++_started}");
        Context.WatchWith(actor, new FeedGone(actor));
        _feeds.Add(feed.Name, new Entry(feed, identity.Hash, new SongTags { Title = feed.Name }, 0, actor));
        _doors.Add(feed, actor, Context);
        return null;
    }

    // The tracker sends the title to peers that ask for this feed, but does not broadcast it. Only the source reports it.
    private void Share(Entry entry, FeedOnAir onAir)
    {
        var title = onAir.Snapshot.Edge.Title.Text;
        var isMoved = entry.Shared?.Depth != onAir.Depth;
        if (isMoved)
            entry.Shared = new OwnFeed(entry.Actor, onAir.Depth);
        (entry.Shared!.NowPlaying, entry.Shared.BitrateBps) = (title, onAir.Snapshot.BitrateBps);
        var tags = new SongTags(entry.Tags) { NowPlaying = onAir.Depth == 0 ? title : "" };
        var file = new SongFile("", default, 0, 0, entry.Hash, onAir.Snapshot.Format, tags);
        // The depth is not part of the SongFile, but the tracker needs it for other peers that may become relays.
        if (!isMoved && file.Equals(entry.File))
            return;
        entry.File = file;
        _library.Tell(new ShareFeed(file, entry.Shared) { KnownId = entry.KnownId });
    }

    private void Withdraw(Entry entry)
    {
        if (entry.Shared is not null)
            _library.Tell(new WithdrawFeed(entry.Hash));
        (entry.Shared, entry.File) = (null, null);
    }

    private void End(Entry entry)
    {
        Context.Unwatch(entry.Actor);
        entry.Actor.Tell(EndFeed.Instance);
        Forget(entry);
    }

    private void Forget(Entry entry)
    {
        _doors.Remove(entry.Feed, Context);
        Withdraw(entry);
        if (entry.Feed.Source is FeedSource.Relay)
            _relayed.Remove(entry.Hash);
        else
            _feeds.Remove(entry.Feed.Name);
    }

    private static string? Skip(Entry entry)
    {
        if (entry.Feed.Source is not FeedSource.Station)
            return $"{entry.Feed.Name} is not a station";
        entry.Actor.Tell(SkipSong.Instance);
        return null;
    }

    private async Task<LiveFeeds> Describe()
    {
        var asked = _feeds.Values.Concat(_relayed.Values)
            .Select(entry => entry.Actor.Ask<FeedStatus>(GetFeedStatus.Instance, StatusTimeout)).ToList();
        var relays = _relays;
        return new LiveFeeds([.. await Task.WhenAll(asked).ConfigureAwait(false)], relays);
    }

    private void Reply(string? refusal, string done) => Sender.Tell(refusal is null ? new LiveDone(done) : new LiveRefused(refusal));

    private Entry? Find(string name) => _feeds.GetValueOrDefault(NamedSource.CleanName(name));

    private Entry? EntryOf(IActorRef actor) => _feeds.Values.Concat(_relayed.Values).FirstOrDefault(entry => entry.Actor.Equals(actor));

    // When this peer plays its own feeds or those that it passes on, it needs no additional connection to a host.
    private ILocalMessage Hear(Song song)
    {
        var hash = new ContentHash(song.ContentHash.Span);
        if (_feeds.Values.FirstOrDefault(entry => entry.Hash == hash) is { Shared: not null } own)
            return new TapFeed(own.Actor, _settings.Held);
        if (!_relays || _relayed.Count >= MaxFeeds)
            return HearFromHosts.Instance;
        if (!_relayed.TryGetValue(hash, out var entry))
        {
            var actor = Context.ActorOf(RelayedFeedActor.Props(song, _relayWork), $"relay-{++_started}");
            Context.WatchWith(actor, new FeedGone(actor));
            var settings = new FeedSettings(song.Tags?.Title ?? "", new FeedSource.Relay());
            _relayed[hash] = entry = new Entry(settings, hash, song.Tags ?? new SongTags(), song.Id, actor);
        }

        return new TapFeed(entry.Actor, _settings.Held);
    }

    private void TurnRelay(bool on)
    {
        _relays = on;
        _relayWork.TrackerLink.Tell(new PassFeedsOn(on));
        foreach (var entry in on ? [] : _relayed.Values.ToList())
            End(entry);
    }

    private sealed class Entry(FeedSettings feed, ContentHash hash, SongTags tags, int knownId, IActorRef actor)
    {
        public FeedSettings Feed => feed;

        public ContentHash Hash => hash;

        public SongTags Tags => tags;

        public int KnownId => knownId;

        public IActorRef Actor => actor;

        public OwnFeed? Shared { get; set; }

        public SongFile? File { get; set; }
    }

    private sealed record FeedGone(IActorRef Feed) : ILocalMessage, IDeadLetterSuppression;
}
