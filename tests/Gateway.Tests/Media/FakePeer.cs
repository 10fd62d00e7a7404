using Akka.Actor;
using TspActors.Gateway.Swarm;
using TspActors.Protocol;

namespace TspActors.Gateway.Tests.Media;

/// <summary>The plan of a fake peer: what it sends, and how it fails. Thread-safe.</summary>
internal sealed class FakePeerPlan(byte[] song)
{
    private int _fetches;

    /// <summary>The bytes that it serves.</summary>
    public byte[] Song => song;

    /// <summary>The number of fetches so far.</summary>
    public int Fetches => Volatile.Read(ref _fetches);

    /// <summary>Completes when a fetch was stopped.</summary>
    public TaskCompletionSource Stopped { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>The byte before which a fetch fails; -1 = never.</summary>
    public long FailAt { get; init; } = -1;

    /// <summary>The fault with which the first fetches are refused; null = none is refused.</summary>
    public FetchFault? Refusal { get; init; }

    /// <summary>The number of fetches that are refused.</summary>
    public int Refusals { get; init; } = int.MaxValue;

    /// <summary>A task that must complete before the peer sends anything.</summary>
    public Task Gate { get; init; } = Task.CompletedTask;

    /// <summary>Returns the hosts of the song with this tracker id; null = the tracker does not reply.</summary>
    public Func<int, IReadOnlyList<Host>?> Hosts { get; init; } = _ => [];

    /// <summary>The streams that it sends to other peers.</summary>
    public IReadOnlyList<OutgoingTransfer> Uploads { get; init; } = [];

    /// <summary>Counts a fetch.</summary>
    public int Count() => Interlocked.Increment(ref _fetches);
}

/// <summary>A peer that serves bytes from memory.</summary>
internal sealed class FakePeer(FakePeerPlan plan) : UntypedActor
{
    protected override void OnReceive(object message)
    {
        if (message is not FetchSong fetch)
            return;
        if (plan.Count() <= plan.Refusals && plan.Refusal is { } fault)
            Sender.Tell(new FetchRefused(fault));
        else
            Sender.Tell(new FetchRunning(Context.ActorOf(Props.Create(() => new FakeFetch(plan, fetch)))));
    }

    private sealed class FakeFetch : UntypedActor
    {
        private readonly FakePeerPlan _plan;
        private readonly FetchSong _fetch;
        private readonly CancellationTokenSource _stop = new();

        public FakeFetch(FakePeerPlan plan, FetchSong fetch) => (_plan, _fetch) = (plan, fetch);

        protected override void PreStart()
        {
            var (plan, fetch, stop) = (_plan, _fetch, _stop.Token);
            _ = Task.Run(() => SendAsync(plan, fetch, stop), stop);
        }

        protected override void OnReceive(object message)
        {
            if (message is not StopFetching)
                return;
            _stop.Cancel();
            _plan.Stopped.TrySetResult();
            Context.Stop(Self);
        }

        private static async Task SendAsync(FakePeerPlan plan, FetchSong fetch, CancellationToken stop)
        {
            const int piece = 50_000;
            try
            {
                await plan.Gate.WaitAsync(stop);
                fetch.Receiver.Started("fake", "direct");
                for (var at = (int)fetch.Offset; at < plan.Song.Length; at += piece)
                {
                    if (plan.FailAt >= 0 && at + piece > plan.FailAt)
                    {
                        fetch.Receiver.Failed(new FetchFault(FetchFaultKind.HostsFailed, "it broke"));
                        return;
                    }

                    await fetch.Receiver.WriteAsync(plan.Song.AsMemory(at, Math.Min(piece, plan.Song.Length - at)), stop);
                }

                fetch.Receiver.Completed();
            }
            catch (OperationCanceledException)
            {
                // The fetch was stopped.
            }
        }
    }
}
