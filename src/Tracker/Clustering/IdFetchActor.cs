using Akka.Actor;
using Akka.Event;
using TspActors.Protocol;
using TspActors.Tracker.Clustering.Wire;
using TspActors.Transport;

namespace TspActors.Tracker.Clustering;

/// <summary>
/// Fetches the ids that another tracker knows: it compares digests, and requests the blocks that differ. Its parent receives
/// <see cref="IdMemoryReceived"/>, then each block, then <see cref="IdsFetched"/>.
/// </summary>
/// <remarks>
/// <code>
/// Comparing → IdDigests until the last → Fetching → IdBlock, several at a time → IdsFetched to the parent → stop
/// both      → silence → Comparing again, until no tries are left → IdsFetched → stop
/// </code>
/// </remarks>
internal sealed class IdFetchActor : UntypedActor, IWithTimers
{
    private const int BlocksAtOnce = 8;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(3);

    private readonly ICanTell _source;
    private readonly ulong _term;
    private readonly Dictionary<int, ulong> _known;
    private readonly Queue<int> _wanted = new();
    private readonly HashSet<int> _asked = new(SongIdComparer.Instance);
    private ulong _question;
    private int _triesLeft;

    public IdFetchActor(ICanTell source, ulong term, Dictionary<int, ulong> known, int tries) =>
        (_source, _term, _known, _triesLeft) = (source, term, known, tries);

    public ITimerScheduler Timers { get; set; } = null!;

    /// <param name="source">The other tracker's <see cref="IdReplicaActor"/>.</param>
    /// <param name="term">The term of the requesting allocator, which ends all earlier terms at the source; 0 = no allocator is
    ///   asking.</param>
    /// <param name="known">The digests of the blocks that this tracker knows.</param>
    /// <param name="tries">How many times the actor tries to fetch the ids from a tracker that does not reply.</param>
    public static Props Props(ICanTell source, ulong term, Dictionary<int, ulong> known, int tries = int.MaxValue) =>
        Akka.Actor.Props.Create(() => new IdFetchActor(source, term, known, tries));

    protected override void PreStart() => Begin();

    protected override void OnReceive(object message) => Comparing(message);

    private void Comparing(object message)
    {
        switch (message)
        {
            case IdDigests digests when digests.Question == _question:
                foreach (var block in digests.Blocks.Where(block => !_known.TryGetValue(block.Block,
                    out var known) || known != block.Digest))
                    _wanted.Enqueue(block.Block);
                StartTimeout();
                if (!digests.Last)
                    break;
                Context.Parent.Tell(new IdMemoryReceived(digests.ReceiptKey.Memory, digests.Mark, digests.Counter));
                Become(Fetching);
                AskForBlocks();
                break;
            case Overdue:
                TryAgain();
                break;
        }
    }

    private void Fetching(object message)
    {
        switch (message)
        {
            case IdBlock block when block.Question == _question && _asked.Remove(block.Block):
                Context.Parent.Tell(block);
                StartTimeout();
                AskForBlocks();
                break;
            case Overdue:
                TryAgain();
                break;
        }
    }

    private void TryAgain()
    {
        if (--_triesLeft > 0)
            Begin();
        else
            End();
    }

    private void Begin()
    {
        _question++;
        _wanted.Clear();
        _asked.Clear();
        Become(Comparing);
        StartTimeout();
        _source.Tell(new GetIdDigests { Question = _question, Term = _term }, Self);
    }

    private void StartTimeout() => Timers.StartSingleTimer(Overdue.Instance, Overdue.Instance, Patience);

    private void AskForBlocks()
    {
        while (_asked.Count < BlocksAtOnce && _wanted.TryDequeue(out var block))
        {
            _asked.Add(block);
            _source.Tell(new GetIdBlock { Question = _question, Block = block }, Self);
        }

        if (_asked.Count == 0)
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

/// <summary>From an <see cref="IdFetchActor"/> to its parent: the fetch has ended.</summary>
internal sealed record IdsFetched : ILocalMessage
{
    public static readonly IdsFetched Instance = new();
}

/// <summary>From an <see cref="IdFetchActor"/> to its parent: the other tracker's receipt key, mark and counter.</summary>
/// <param name="ReceiptKey">The key with which the other tracker signs ids.</param>
/// <param name="Mark">The other tracker may have given out ids up to this one; 0 = it has stored none.</param>
/// <param name="Counter">New ids are higher than this one, as far as the other tracker knows.</param>
internal sealed record IdMemoryReceived(ReadOnlyMemory<byte> ReceiptKey, int Mark, int Counter) : ILocalMessage;
