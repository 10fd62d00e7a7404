using Akka.Actor;
using TspActors.Protocol;
using TspActors.Tracker.Catalog;

namespace TspActors.Tracker.Tests;

public sealed class JoinsFirstMailboxSpecs : ProbeSpec
{
    [Fact]
    public async Task Who_joins_comes_before_what_others_share_and_all_else_stays_in_order()
    {
        using var gate = new ManualResetEventSlim();
        var writer = Sys.ActorOf(Props.Create(() => new Gated(gate, TestActor)).WithMailbox(TrackerDispatchers.JoinsFirst));
        var shares = Enumerable.Range(1, 20).Select(n => new ApplyShare(Samples.Peer(n), new SharedBatch(true, true, [], [], null))).ToArray();
        var join = new JoinPeer(Samples.Host(1), false, new Welcome(), TestActor, TestActor);
        writer.Tell("the one that it is busy with");
        Assert.Equal("the one that it is busy with", await ExpectMsgAsync<string>());
        foreach (var share in shares)
            writer.Tell(share);
        writer.Tell(join);
        gate.Set();

        var seen = new List<object>();
        for (var count = 0; count < 21; count++)
            seen.Add(await ExpectMsgAsync<object>());
        Assert.Equal(shares, seen.OfType<ApplyShare>());
        Assert.Same(join, seen[0]);
    }

    private sealed class Gated : UntypedActor
    {
        private readonly ManualResetEventSlim _gate;
        private readonly IActorRef _seen;

        public Gated(ManualResetEventSlim gate, IActorRef seen) => (_gate, _seen) = (gate, seen);

        protected override void OnReceive(object message)
        {
            _seen.Tell(message);
            _gate.Wait(TimeSpan.FromSeconds(30));
        }
    }
}
