using System.Diagnostics;
using Akka.Actor;
using Akka.Cluster;
using Akka.DistributedData;
using Akka.Event;
using TspActors.Tracker.Clustering.Wire;
using TspActors.Tracker.Ids;
using TspActors.Transport;

namespace TspActors.Tracker.Clustering;

/// <summary>
/// Assigns the cluster's song ids. The actor is a singleton: it runs on the oldest tracker, and starts again on the next-oldest one when
/// that tracker is gone.
/// </summary>
/// <remarks>
/// <code>
/// Beginning → a new term and the mark of reserved ids, written to and read from a majority → Learning
/// Learning  → fetches the ids that each tracker knows, and skips trackers that are gone → Allotting
/// Allotting → AllotIds → reserves more ids if needed (majority) → LearnIds to every tracker → a majority has learnt them → IdsAllotted
///             MemberUp → fetches the ids that the new tracker knows, and allots none until it has them
/// </code>
/// A majority therefore knows every id that any peer has received. Every other allotted id is at or below the mark, and the next allocator
/// starts above the mark, so no id is ever allotted twice. If a majority does not learn some ids, the allocator fetches the ids of the
/// other trackers: one of them may be certain of an entry that contradicts a new id, in which case the song needs a different one.
/// </remarks>
internal sealed class IdAllocatorActor : UntypedActor, IWithTimers
{
    /// <summary>How many ids are reserved beyond those that are needed. Up to this many are lost when the allocator moves.</summary>
    private const int ReservedAhead = 1000;

    /// <summary>
    /// How many times the ids of a tracker that joins later are requested. New songs wait until these attempts have finished (about 10 s).
    /// </summary>
    private const int TriesOfNewMember = 3;

    private const string JustMoved = "the allocator of song ids has just moved";
    private const string Comparing = "the allocator of song ids is asking other trackers which ids they know";
    private static readonly TimeSpan MajorityTimeout = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan RoundTimeout = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan Retry = TimeSpan.FromSeconds(1);
    private static readonly GCounterKey TermKey = new("tsp-id-term");
    private static readonly GCounterKey ReservedKey = new("tsp-ids-reserved");

    private readonly int _expected;
    private readonly OfferRule _offers;
    private readonly Cluster _cluster = Cluster.Get(Context.System);
    private readonly IActorRef _replicator = DistributedData.Get(Context.System).Replicator;
    private readonly IdTable _table = new();
    private readonly ILoggingAdapter _log = Context.GetLogger();
    private readonly Dictionary<UniqueAddress, IActorRef?> _fetches = [];
    private readonly Queue<(IActorRef ReplyTo, AllotIds Request)> _waiting = new();
    private readonly Dictionary<ulong, AllotmentRound> _rounds = [];
    private IdAllotment? _allotment;
    private bool _isAllotting;
    private ulong _term;
    private ulong _round;
    private int _reserving;

    public IdAllocatorActor(int expected, OfferRule offers) => (_expected, _offers) = (expected, offers);

    public ITimerScheduler Timers { get; set; } = null!;

    /// <param name="expected">The intended number of trackers; 0 = the current number of members.</param>
    /// <param name="offers">Decides which offers of ids are honoured.</param>
    public static Props Props(int expected, OfferRule offers) => Akka.Actor.Props.Create(() => new IdAllocatorActor(expected, offers));

    private IEnumerable<Member> Members =>
        _cluster.State.Members.Where(member => member.Status is MemberStatus.Up or MemberStatus.Leaving or MemberStatus.Exiting);

    private bool IsFetching => _fetches.Values.Any(fetch => fetch is not null);

    protected override void PreStart()
    {
        _cluster.Subscribe(Self, ClusterEvent.SubscriptionInitialStateMode.InitialStateAsEvents,
            typeof(ClusterEvent.MemberUp), typeof(ClusterEvent.MemberRemoved));
        Timers.StartPeriodicTimer(Check.Instance, Check.Instance, Retry);
        BeginTerm();
    }

    protected override void PostStop()
    {
        _cluster.Unsubscribe(Self);
        if (_isAllotting)
            _log.Info("this tracker no longer assigns new song ids");
        DenyAll("the allocator of song ids is moving to another tracker");
    }

    protected override void OnReceive(object message) => Beginning(message);

    private void Beginning(object message)
    {
        switch (message)
        {
            case AllotIds allot:
                _waiting.Enqueue((Sender, allot));
                break;
            case UpdateSuccess success when success.Key.Equals(TermKey):
                _replicator.Tell(Dsl.Get(TermKey, new ReadMajority(MajorityTimeout)));
                break;
            case GetSuccess success when success.Key.Equals(TermKey):
                _term = success.Get(TermKey).Value;
                _replicator.Tell(Dsl.Get(ReservedKey, new ReadMajority(MajorityTimeout)));
                break;
            case GetSuccess success when success.Key.Equals(ReservedKey):
                BeginLearning((int)Math.Min(success.Get(ReservedKey).Value, int.MaxValue));
                break;
            case NotFound found when found.Key.Equals(ReservedKey):
                BeginLearning(0);
                break;
            case IUpdateFailure or GetFailure or NotFound:
                Timers.StartSingleTimer(BeginAgain.Instance, BeginAgain.Instance, Retry);
                break;
            case BeginAgain:
                BeginTerm();
                break;
            case Check:
                DenyAll(JustMoved);
                break;
        }
    }

    private void Learning(object message)
    {
        switch (message)
        {
            case AllotIds allot:
                _waiting.Enqueue((Sender, allot));
                break;
            case IdBlock block:
                Learn(block);
                break;
            case IdMemoryReceived told:
                _allotment!.StartAbove(told.Mark);
                break;
            case IdsFetched:
                EndFetch(Sender);
                AllotIfLearnt();
                break;
            case ClusterEvent.MemberUp up when !_fetches.ContainsKey(up.Member.UniqueAddress):
                Fetch(up.Member, int.MaxValue);
                break;
            case ClusterEvent.MemberRemoved removed:
                DropFetch(removed.Member.UniqueAddress);
                AllotIfLearnt();
                break;
            case Check:
                DenyAll(JustMoved);
                DropFetchesOfRemovedMembers();
                AllotIfLearnt();
                break;
        }
    }

    private void Allotting(object message)
    {
        switch (message)
        {
            case AllotIds allot:
                _waiting.Enqueue((Sender, allot));
                Serve();
                break;
            case IdsLearnt learnt when learnt.Term == _term && _rounds.TryGetValue(learnt.Round, out var round):
                CountLearnt(learnt.Round, round);
                break;
            case UpdateSuccess success when success.Key.Equals(ReservedKey):
                _allotment!.Reserve(_reserving);
                _reserving = 0;
                Serve();
                break;
            case IUpdateFailure failure when failure.Key.Equals(ReservedKey):
                // The update may have reached some trackers, in which case the ids that it reserves stay unused.
                _reserving = 0;
                DenyAll("too few trackers in the cluster can be reached");
                break;
            case IdBlock block:
                Learn(block);
                break;
            case IdMemoryReceived told:
                _allotment!.StartAbove(told.Mark);
                break;
            case IdsFetched:
                EndFetch(Sender);
                Serve();
                break;
            case ClusterEvent.MemberUp up when !_fetches.ContainsKey(up.Member.UniqueAddress):
                Fetch(up.Member, TriesOfNewMember);
                break;
            case ClusterEvent.MemberRemoved removed:
                DropFetch(removed.Member.UniqueAddress);
                Serve();
                break;
            case Check:
                DropOverdueRounds();
                DropFetchesOfRemovedMembers();
                if (IsFetching)
                    DenyAll(Comparing);
                Serve();
                break;
        }
    }

    private void Learn(IdBlock block)
    {
        foreach (var entry in block.Entries)
        {
            var (hash, id) = IdWire.Read(entry);
            if (!_table.Learn(hash, id, entry.Certain))
                _log.Warning("two trackers disagree about song {0} or about id {1}", hash, id);
        }
    }

    private void BeginTerm() =>
        _replicator.Tell(Dsl.Update(TermKey, GCounter.Empty, new WriteMajority(MajorityTimeout), counter => counter.Increment(_cluster)));

    private void BeginLearning(int mark)
    {
        _allotment = new IdAllotment(_table, mark);
        foreach (var member in Members)
            Fetch(member, int.MaxValue);
        Become(Learning);
        AllotIfLearnt();
    }

    private void Fetch(Member member, int tries)
    {
        if (_fetches.GetValueOrDefault(member.UniqueAddress) is null)
            _fetches[member.UniqueAddress] = Context.ActorOf(IdFetchActor.Props(
                ClusterPaths.IdReplica(Context, member.Address), _term, _table.Digests().ToDictionary(), tries));
    }

    private void EndFetch(IActorRef ended)
    {
        foreach (var (member, _) in _fetches.Where(fetch => ended.Equals(fetch.Value)).ToList())
            _fetches[member] = null;
    }

    private void AllotIfLearnt()
    {
        if (IsFetching)
            return;
        if (!_isAllotting)
            _log.Info("this tracker now assigns new song ids (term {0}, known ids: {1})", _term, _table.Count);
        _isAllotting = true;
        Become(Allotting);
        Serve();
    }

    private void Serve()
    {
        while (_reserving == 0 && !IsFetching && _waiting.TryPeek(out var next))
        {
            var wanted = next.Request.Wanted.Select(entry => IdWire.ReadWanted(entry, _offers)).ToList();
            var needed = _allotment!.NeededFor(wanted);
            if (needed > int.MaxValue)
            {
                _waiting.Dequeue().ReplyTo.Tell(new IdsDenied { Request = next.Request.Request, Reason = "all song ids are in use" });
                continue;
            }

            if (needed > _allotment.Reserved)
            {
                _reserving = (int)Math.Min(int.MaxValue, needed + ReservedAhead);
                var more = (ulong)(_reserving - _allotment.Reserved);
                _replicator.Tell(Dsl.Update(ReservedKey, GCounter.Empty, new WriteMajority(MajorityTimeout),
                    counter => counter.Increment(_cluster, more)));
                return;
            }

            _waiting.Dequeue();
            var given = _allotment.Give(wanted).Select(entry => IdWire.Entry(entry.Hash, entry.Id)).ToList();
            var members = Members.ToList();
            var majority = (Math.Max(members.Count, _expected) / 2) + 1;
            _rounds[++_round] = new AllotmentRound(
                next.ReplyTo, new IdsAllotted { Request = next.Request.Request, Term = _term, Given = { given } }, majority,
                Stopwatch.GetElapsedTime(0) + RoundTimeout);
            var learn = new LearnIds { Term = _term, Round = _round, Mark = _allotment.Counter, Entries = { given } };
            foreach (var member in members)
                ClusterPaths.IdReplica(Context, member.Address).Tell(learn, Self);
        }
    }

    private void CountLearnt(ulong number, AllotmentRound round)
    {
        if (!round.RecordLearnt(Sender.Path.Address))
            return;
        _rounds.Remove(number);
        var given = round.Answer.Given.Select(IdWire.Read).ToList();
        // In the meantime, a tracker may have reported that it is certain of a different id for one of the songs.
        if (given.Count(song => _table.Learn(song.Hash, song.Id)) == given.Count)
            round.ReplyTo.Tell(round.Answer);
        else
            Deny(round);
    }

    private static void Deny(AllotmentRound round) => round.ReplyTo.Tell(
        new IdsDenied { Request = round.Answer.Request, Reason = "too few trackers in the cluster can be reached, or their ids differ" });

    private void DropOverdueRounds()
    {
        var now = Stopwatch.GetElapsedTime(0);
        foreach (var (number, round) in _rounds.Where(round => round.Value.Until <= now).ToList())
        {
            _rounds.Remove(number);
            foreach (var member in Members.Where(member => !round.HasLearnt(member.Address)))
                Fetch(member, tries: 1);
            Deny(round);
        }
    }

    // A member may have been removed before its fetch began. No event reports the removal in that case.
    private void DropFetchesOfRemovedMembers()
    {
        var members = Members.Select(member => member.UniqueAddress).ToHashSet();
        foreach (var gone in _fetches.Keys.Where(member => !members.Contains(member)).ToList())
            DropFetch(gone);
    }

    private void DropFetch(UniqueAddress member)
    {
        if (_fetches.Remove(member, out var fetch) && fetch is not null)
            Context.Stop(fetch);
    }

    private void DenyAll(string reason)
    {
        while (_waiting.TryDequeue(out var waiting))
            waiting.ReplyTo.Tell(new IdsDenied { Request = waiting.Request.Request, Reason = reason });
    }

    private sealed record Check : ILocalMessage, IDeadLetterSuppression
    {
        public static readonly Check Instance = new();
    }

    private sealed record BeginAgain : ILocalMessage, IDeadLetterSuppression
    {
        public static readonly BeginAgain Instance = new();
    }
}
