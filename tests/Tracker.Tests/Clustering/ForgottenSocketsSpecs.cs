using System.Runtime.CompilerServices;
using TspActors.Tracker.Clustering;

namespace TspActors.Tracker.Tests.Clustering;

public sealed class ForgottenSocketsSpecs
{
    [Fact]
    public void Unreferenced_objects_are_collected_within_two_minutes()
    {
        var sockets = new ForgottenSockets(TimeSpan.Zero);
        var forgotten = Forget();

        Assert.False(sockets.CloseIfDue(TimeSpan.FromSeconds(59)));
        // If a test that runs in parallel has caused a collection, the first call has nothing to do.
        sockets.CloseIfDue(TimeSpan.FromSeconds(60));
        sockets.CloseIfDue(TimeSpan.FromSeconds(120));

        Assert.False(forgotten.IsAlive);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static WeakReference Forget() => new(new object());
}
