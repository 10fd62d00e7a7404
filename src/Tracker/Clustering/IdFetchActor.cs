using Akka.Actor;
using Akka.Event;
using TspActors.Tracker.Clustering.Wire;
using TspActors.Transport;

namespace TspActors.Tracker.Clustering;

/// <summary>Brings the ids that another tracker knows: compares digests, and asks for the blocks that differ. Tells its parent each block, then that it is done.</summary>
// Comparing → IdDigests (last) → Fetching, so many blocks at once → IdFetched, end.   Nothing comes for a while → begins again, until it is stopped.
internal sealed class IdFetchActor : UntypedActor, IWithTimers
{
    private const int BlocksAtOnce = 8;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(3);

    private readonly ICanTell _source;
    private readonly ulong _term;
    private readonly Dictionary<int, ulong> _known;
    private readonly Queue<int> _wanted = new();
    private readonly HashSet<int> _asked = [];
    private ulong _question;
    private int _triesLeft;
    private bool _compared;

    public IdFetchActor(ICanTell source, ulong term, Dictionary<int, ulong> known, int tries) => (_source, _term, _known, _triesLeft) = (source, term, known, tries);

    public ITimerScheduler Timers { get; set; } = null!;

    /// <param name="source">The other tracker's <see cref="IdReplicaActor"/>.</param>
    /// <param name="term">An allocator's, which ends all earlier ones at the source; 0 = only asking.</param>
    /// <param name="known">The digests of what is known here.</param>
    /// <param name="tries">How often it asks one that does not answer; then it is done with what came.</param>
    public static Props Props(ICanTell source, ulong term, Dictionary<int, ulong> known, int tries = int.MaxValue) =>
        Akka.Actor.Props.Create(() => new IdFetchActor(source, term, known, tries));

    protected override void PreStart() => Begin();

    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case IdDigests digests when digests.Question == _question && !_compared:
                foreach (var block in digests.Blocks.Where(block => !_known.TryGetValue(block.Block, out var known) || known != block.Digest))
                    _wanted.Enqueue(block.Block);
                _compared = digests.Last;
                GoOn();
                break;
            case IdBlock block when block.Question == _question && _asked.Remove(block.Block):
                Context.Parent.Tell(block);
                GoOn();
                break;
            case Overdue when --_triesLeft > 0:
                Begin();
                break;
            case Overdue:
                End();
                break;
        }
    }

    private void Begin()
    {
        _question++;
        _compared = false;
        _wanted.Clear();
        _asked.Clear();
        Timers.StartSingleTimer(Overdue.Instance, Overdue.Instance, Patience);
        _source.Tell(new GetIdDigests { Question = _question, Term = _term }, Self);
    }

    private void GoOn()
    {
        Timers.StartSingleTimer(Overdue.Instance, Overdue.Instance, Patience);
        while (_compared && _asked.Count < BlocksAtOnce && _wanted.TryDequeue(out var block))
        {
            _asked.Add(block);
            _source.Tell(new GetIdBlock { Question = _question, Block = block }, Self);
        }

        if (_compared && _asked.Count == 0)
            End();
    }

    private void End()
    {
        Context.Parent.Tell(IdsFetched.Instance);
        Context.Stop(Self);
    }

    private sealed record Overdue : ILocalMessage, IDeadLetterSuppression
    {
        public static readonly Overdue Instance = new();
    }
}

/// <summary>From an <see cref="IdFetchActor"/> to its parent: everything that the other tracker knew has been told.</summary>
internal sealed record IdsFetched : ILocalMessage, IDeadLetterSuppression
{
    public static readonly IdsFetched Instance = new();
}
