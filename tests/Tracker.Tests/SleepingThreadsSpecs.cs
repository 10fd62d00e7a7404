using System.Collections.Concurrent;
using Akka.Dispatch;

namespace TspActors.Tracker.Tests;

/// <summary>Checks the threads of the tracker's dispatchers: how many run at once, and how they end.</summary>
public sealed class SleepingThreadsSpecs
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    [Fact]
    public void Everything_is_run_once_in_order_on_one_thread()
    {
        var threads = new SleepingThreads("one", 1);
        var seen = new ConcurrentQueue<(int Number, Thread Thread)>();
        using var done = new CountdownEvent(1_000);
        foreach (var number in Enumerable.Range(0, 1_000))
        {
            threads.Execute(new Work(() =>
            {
                seen.Enqueue((number, Thread.CurrentThread));
                done.Signal();
            }));
        }

        Assert.True(done.Wait(Patience));
        Assert.Equal(Enumerable.Range(0, 1_000), seen.Select(each => each.Number));
        var thread = Assert.Single(seen.Select(each => each.Thread).Distinct());
        Assert.True(thread.IsBackground);
        Assert.Equal("one-1", thread.Name);
        threads.Shutdown();
    }

    [Fact]
    public void As_many_run_at_once_as_there_are_threads()
    {
        var threads = new SleepingThreads("three", 3);
        using var meeting = new Barrier(3);
        using var done = new CountdownEvent(6);
        for (var number = 0; number < 6; number++)
        {
            threads.Execute(new Work(() =>
            {
                if (meeting.SignalAndWait(Patience))
                    done.Signal();
            }));
        }

        Assert.True(done.Wait(Patience));
        threads.Shutdown();
    }

    [Fact]
    public void What_was_accepted_before_the_shutdown_is_still_run_and_then_the_threads_end()
    {
        var threads = new SleepingThreads("last", 2);
        using var begun = new CountdownEvent(2);
        using var mayEnd = new ManualResetEventSlim();
        var ran = new ConcurrentQueue<Thread>();
        for (var number = 0; number < 2; number++)
        {
            threads.Execute(new Work(() =>
            {
                begun.Signal();
                mayEnd.Wait(Patience);
                ran.Enqueue(Thread.CurrentThread);
            }));
        }

        Assert.True(begun.Wait(Patience));
        threads.Execute(new Work(() => ran.Enqueue(Thread.CurrentThread)));
        threads.Shutdown();
        Assert.Throws<RejectedExecutionException>(() => threads.Execute(new Work(() => { })));
        mayEnd.Set();

        Assert.All(ran, thread => Assert.True(thread.Join(Patience)));
        Assert.True(SpinWait.SpinUntil(() => ran.Count == 3, Patience));
        Assert.All(ran, thread => Assert.True(thread.Join(Patience)));
    }

    private sealed class Work(Action action) : IRunnable
    {
        public void Run() => action();

        public void Execute() => Run();
    }
}
