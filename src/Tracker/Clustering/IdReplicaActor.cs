using System.Diagnostics;
using Akka.Actor;
using Akka.Event;
using TspActors.Protocol;
using TspActors.Tracker.Catalog;
using TspActors.Tracker.Clustering.Wire;
using TspActors.Tracker.Ids;
using TspActors.Transport;

namespace TspActors.Tracker.Clustering;

/// <summary>
/// This tracker's replica of the cluster's song ids: it resolves the ids in its peers' shares, and requests unknown ones from the
/// allocator.
/// </summary>
/// <remarks>
/// <code>
/// TrackerActor → ResolveIds → all ids known: ApplyResolvedShare; otherwise parked → AllotIds → IdsAllotted → ApplyResolvedShare
///                             IdsDenied or silence → requested again; after the deadline, the new songs are refused
/// allocator    → LearnIds   → learnt → IdsLearnt; peers receive an id only after IdsAllotted, or once another tracker lists it, because
///                             a majority has learnt it by then
/// another tracker's IdFetchActor → GetIdDigests, GetIdBlock → IdDigests, IdBlock
/// </code>
/// Replies from an allocator whose term has ended are dropped: a newer allocator may have given the same id to a different song. Ids from
/// an earlier membership or from the id store must be confirmed, by the allocator or by another tracker that lists them, before peers
/// receive them: the current cluster may have given them to other songs.
/// </remarks>
internal sealed class IdReplicaActor : UntypedActor, IWithTimers
{
    private const int RequestsAtOnce = 8;
    private const int FetchTries = 10;

    /// <summary>
    /// The maximum number of contradictions to log. Each one is found again in every comparison with another tracker, so without a limit
    /// they would fill the log.
    /// </summary>
    private const int MostLogged = 1_000;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(250);

    private readonly IActorRef _allocator;
    private readonly TimeSpan _timeout;
    private readonly IdMemory _memory;
    private readonly IdTable _table;
    private readonly AllocatorTerm _term = new();
    private readonly ILoggingAdapter _log = Context.GetLogger();
    private readonly Queue<ResolvingShare> _parked = new();
    private readonly Dictionary<ulong, (ResolvingShare Share, TimeSpan Until)> _asked = [];
    private readonly List<(ResolvingShare Share, TimeSpan From)> _paused = [];
    private readonly HashSet<(ContentHash Hash, int Id)> _logged = [];
    private ulong _requests;

    public IdReplicaActor(IActorRef allocator, TimeSpan timeout, IdMemory memory)
    {
        (_allocator, _timeout, _memory, _table) = (allocator, timeout, memory, memory.Table);
        _table.BeginMembership();
        memory.Store?.Load(_table.Restore);
        _table.RaiseCounter(memory.Store?.Mark ?? 0);
    }

    public ITimerScheduler Timers { get; set; } = null!;

    private static TimeSpan Now => Stopwatch.GetElapsedTime(0);

    /// <param name="allocator">The cluster's single allocator, whichever tracker it runs on.</param>
    /// <param name="timeout">How long a share may wait for ids.</param>
    /// <param name="memory">The id store, and the keys for receipts.</param>
    public static Props Props(IActorRef allocator, TimeSpan timeout, IdMemory memory) =>
        Akka.Actor.Props.Create(() => new IdReplicaActor(allocator, timeout, memory));

    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case ResolveIds resolve:
                Resolve(resolve);
                break;
            case IdsAllotted allotted:
                Apply(allotted);
                break;
            case IdsDenied denied when _asked.Remove(denied.Request, out var asked):
                _log.Debug("the allocator refused song ids: {0}", denied.Reason);
                _paused.Add((asked.Share, Now + Pause));
                Pump();
                break;
            case LearnIds learn when _term.TryAdvance(learn.Term):
                _memory.Store?.Reserve(learn.Mark);
                _table.RaiseCounter(learn.Mark);
                // A tracker that knows a conflicting id does not count towards the majority.
                if (Learn(learn.Entries.Select(IdWire.Read), isCertain: false, isAllotted: true).Count == 0)
                    Sender.Tell(new IdsLearnt { Term = learn.Term, Round = learn.Round });
                break;
            case SongsListed seen:
                Learn(seen.Songs, isCertain: true);
                break;
            case GetIdDigests get:
                _term.TryAdvance(get.Term);
                foreach (var digests in IdWire.Digests(_table, get.Question, _memory))
                    Sender.Tell(digests);
                break;
            case GetIdBlock get:
                Sender.Tell(IdWire.Block(_table, get.Block, get.Question));
                break;
            case FetchIds fetch:
                Context.ActorOf(IdFetchActor.Props(fetch.Source, 0, _table.Digests().ToDictionary(SongIdComparer.Instance), FetchTries));
                break;
            case IdBlock block:
                Learn(block.Entries.Where(entry => entry.Certain).Select(IdWire.Read), isCertain: true);
                Learn(block.Entries.Where(entry => !entry.Certain).Select(IdWire.Read), isCertain: false);
                Context.Parent.Tell(IdsHeard.Instance);
                break;
            case IdMemoryReceived told:
                _table.RaiseCounter(told.Counter);
                if (_memory.Keys.Accept(told.ReceiptKey.Span))
                    _log.Debug("receipts from another tracker are now accepted");
                break;
            case IdsFetched:
                Context.Parent.Tell(IdsFetched.Instance);
                break;
            case CheckTimer:
                CheckDeadlines();
                break;
        }
    }

    private void Resolve(ResolveIds resolve)
    {
        var share = new ResolvingShare(resolve, Sender, _table, Now + _timeout);
        if (share.IsResolved)
        {
            Finish(share);
            return;
        }

        _parked.Enqueue(share);
        Pump();
    }

    private void Pump()
    {
        while (_asked.Count < RequestsAtOnce && _parked.TryDequeue(out var share))
        {
            share.DropKnown(_table);
            if (share.IsResolved || share.Deadline <= Now)
            {
                Finish(share);
                continue;
            }

            _asked[++_requests] = (share, Now + Patience);
            _allocator.Tell(
                new AllotIds { Request = _requests, Wanted = { share.Next().Select(song => IdWire.Entry(song)) } });
        }

        if (_asked.Count + _paused.Count > 0 && !Timers.IsTimerActive(CheckTimer.Instance))
            Timers.StartPeriodicTimer(CheckTimer.Instance, CheckTimer.Instance, Tick);
    }

    private void Apply(IdsAllotted allotted)
    {
        if (!_term.TryAdvance(allotted.Term) || !_asked.Remove(allotted.Request, out var asked))
            return;
        _log.Debug("song ids received: {0}, in term {1}", allotted.Given.Count, allotted.Term);
        asked.Share.RefuseContradicted(Learn(allotted.Given.Select(IdWire.Read), isCertain: true));
        _parked.Enqueue(asked.Share);
        Pump();
    }

    private void CheckDeadlines()
    {
        var now = Now;
        foreach (var (request, asked) in _asked.Where(asked => asked.Value.Until <= now).ToList())
        {
            _asked.Remove(request);
            _paused.Add((asked.Share, now));
        }

        foreach (var paused in _paused.Where(paused => paused.From <= now).ToList())
        {
            _paused.Remove(paused);
            if (paused.Share.Deadline > now)
                _parked.Enqueue(paused.Share);
            else
                Finish(paused.Share);
        }

        // All parked shares are checked: they were queued in the order of their deadlines, but some have since returned to the end of the
        // queue.
        for (var left = _parked.Count; left > 0; left--)
        {
            var parked = _parked.Dequeue();
            if (parked.Deadline > now)
                _parked.Enqueue(parked);
            else
                Finish(parked);
        }

        if (_asked.Count + _paused.Count + _parked.Count == 0)
            Timers.Cancel(CheckTimer.Instance);
        Pump();
    }

    private void Finish(ResolvingShare share) => share.Tracker.Tell(share.Resolve(_table));

    // Returns the songs whose ids contradict those that this tracker knows.
    private List<ContentHash> Learn(IEnumerable<(ContentHash Hash, int Id)> entries, bool isCertain, bool isAllotted = false)
    {
        var contradicted = new List<ContentHash>();
        foreach (var (hash, id) in entries)
        {
            if (_table.Learn(hash, id, isCertain, isAllotted))
            {
                // Only ids that a majority knows are stored, because peers have received no others.
                if (_memory.Store is { } store && _table.IsToBeStored(hash))
                {
                    store.Add(hash, id);
                    _table.SetStored(hash);
                }

                continue;
            }

            contradicted.Add(hash);
            if (_logged.Count < MostLogged && _logged.Add((hash, id)))
                Log(hash, id, isSerious: isCertain || isAllotted);
        }

        return contradicted;
    }

    // An id that is not certain may come from an earlier membership of the other tracker, which will drop it.
    private void Log(ContentHash hash, int id, bool isSerious)
    {
        const string text = "another tracker reports id {1} for song {0}, which contradicts the ids known here (id of this song: {2}; 0 = none)";
        if (isSerious)
            _log.Error(text, hash, id, _table.Find(hash));
        else
            _log.Warning(text, hash, id, _table.Find(hash));
    }

    private sealed record CheckTimer : ILocalMessage, IDeadLetterSuppression
    {
        public static readonly CheckTimer Instance = new();
    }
}

/// <summary>
/// From the TrackerActor to the <see cref="IdReplicaActor"/>: find the cluster's ids for this batch. The reply is
/// <see cref="ApplyResolvedShare"/>.
/// </summary>
/// <param name="Peer">The host.</param>
/// <param name="Share">The screened batch: songs that the tracker refuses carry their refusal and receive no id.</param>
/// <param name="PeerActor">The actor that sent the batch.</param>
internal sealed record ResolveIds(PeerId Peer, SharedBatch Share, IActorRef PeerActor) : ILocalMessage;

/// <summary>
/// From a <see cref="CatalogReplicaActor"/> to the <see cref="IdReplicaActor"/>: another tracker lists these songs with these ids.
/// </summary>
internal sealed record SongsListed(IReadOnlyList<(ContentHash Hash, int Id)> Songs) : ILocalMessage;

/// <summary>From the <see cref="IdReplicaActor"/> to the ClusterActor: ids from another tracker have arrived.</summary>
internal sealed record IdsHeard : ILocalMessage
{
    public static readonly IdsHeard Instance = new();
}

/// <summary>
/// To the <see cref="IdReplicaActor"/>: fetch the ids that another tracker's IdReplicaActor knows. When the fetch has ended, the
/// ClusterActor receives <see cref="IdsFetched"/>.
/// </summary>
internal sealed record FetchIds(ICanTell Source) : ILocalMessage;
