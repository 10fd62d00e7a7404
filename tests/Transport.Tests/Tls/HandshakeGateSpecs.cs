using System.Collections.Concurrent;
using TspActors.Transport.Tls;

namespace TspActors.Transport.Tests.Tls;

public sealed class HandshakeGateSpecs
{
    [Fact]
    public async Task Two_steps_run_at_a_time_and_the_others_wait_up_to_the_limit()
    {
        var gate = new HandshakeGate(2, maxWaiting: 3);
        using var release = new SemaphoreSlim(0);
        var (running, most) = (0, 0);
        var done = new ConcurrentBag<int>();
        for (var i = 0; i < 5; i++)
            Assert.True(gate.TryStart(Step));
        Assert.False(gate.TryStart(Step));
        gate.Continue(Step);

        release.Release(6);
        var until = DateTime.UtcNow.AddSeconds(30);
        while (done.Count < 6 && DateTime.UtcNow < until)
            await Task.Yield();
        Assert.Equal(6, done.Count);
        Assert.InRange(most, 1, 2);
        Assert.True(gate.TryStart(() => { }));

        void Step()
        {
            most = Math.Max(most, Interlocked.Increment(ref running));
            release.Wait(TimeSpan.FromSeconds(30));
            Interlocked.Decrement(ref running);
            done.Add(1);
        }
    }
}
