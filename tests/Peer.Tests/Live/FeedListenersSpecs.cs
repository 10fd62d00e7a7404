using Akka.Actor;
using Akka.TestKit.Xunit2;
using TspActors.Peer.Live.Feeds;

namespace TspActors.Peer.Tests.Live;

/// <summary>Checks which listeners of a feed are notified of a chunk.</summary>
public sealed class FeedListenersSpecs : TestKit
{
    [Theory]
    [InlineData(4)]
    [InlineData(2)]
    [InlineData(1)]
    public async Task A_listener_is_notified_when_a_group_of_its_phase_is_complete(int size)
    {
        var found = new TaskCompletionSource<string[]>();
        Sys.ActorOf(Props.Create(() => new Owner(size, found)));

        var all = await found.Task.WaitAsync(RemainingOrDefault);
        var notified = all.Where(each => !each.EndsWith(":end", StringComparison.Ordinal)).ToList();

        for (var phase = 0; phase < 8; phase++)
        {
            var wanted = Enumerable.Range(1, 16).Where(edge => (edge + phase) % size == 0).Select(edge => $"{phase}:{edge}");
            Assert.Equal(wanted, notified.Where(each => each.StartsWith($"{phase}:", StringComparison.Ordinal)));
        }

        Assert.Equal(Enumerable.Range(1, 16).Select(edge => $"all:{edge}"), notified.Where(each => each.StartsWith("all", StringComparison.Ordinal)));
        // The listener that has been removed is not among them.
        Assert.DoesNotContain(notified, each => each.StartsWith("gone", StringComparison.Ordinal));
        Assert.Equal(9, all.Length - notified.Count);
    }

    // Adds listeners with all phases, notifies them of sixteen chunks, and collects what arrives.
    private sealed class Owner : UntypedActor
    {
        private readonly List<string> _notified = [];
        private readonly TaskCompletionSource<string[]> _found;
        private int _ended;

        public Owner(int size, TaskCompletionSource<string[]> found)
        {
            _found = found;
            var listeners = new FeedListeners(most: 10);
            for (var phase = 0; phase < 8; phase++)
                Assert.True(listeners.TryAdd(NewListener($"{phase}"), phase, Context));
            Assert.True(listeners.TryAdd(NewListener("all"), null, Context));
            var gone = NewListener("gone");
            Assert.True(listeners.TryAdd(gone, 3, Context));
            Assert.False(listeners.TryAdd(NewListener("too many"), 3, Context));
            listeners.Remove(gone);
            Assert.Equal(9, listeners.Count);
            for (var edge = 1ul; edge <= 16; edge++)
                listeners.TellDue($"{edge}", edge, size);
            listeners.TellAll("end");
        }

        protected override void OnReceive(object message)
        {
            _notified.Add((string)message);
            if (_notified[^1].EndsWith(":end", StringComparison.Ordinal) && ++_ended == 9)
                _found.TrySetResult([.. _notified]);
        }

        private IActorRef NewListener(string name)
        {
            var owner = Self;
            return Context.ActorOf(Props.Create(() => new Listener(name, owner)));
        }
    }

    private sealed class Listener(string name, IActorRef owner) : UntypedActor
    {
        protected override void OnReceive(object message) => owner.Tell($"{name}:{message}");
    }
}
