using Akka.Configuration;
using Akka.Dispatch;

namespace TspActors.Tracker;

/// <summary>
/// Runs actors on a fixed number of background threads, which sleep while there is nothing to do. The threads of Akka's own dispatchers
/// look for work for a while first (<c>sched_yield</c>), which costs more processor time than the work itself when messages are few.
/// </summary>
/// <remarks>The queue needs no bound, because each actor is in it at most once.</remarks>
internal sealed class SleepingThreads : ExecutorService
{
    private readonly Queue<IRunnable> _queue = new();
    private bool _isShutDown;

    /// <param name="id">The dispatcher's id, which becomes the name of its threads.</param>
    /// <param name="threads">The number of threads.</param>
    public SleepingThreads(string id, int threads)
        : base(id)
    {
        for (var number = 1; number <= threads; number++)
            new Thread(Work) { IsBackground = true, Name = $"{id}-{number}" }.Start();
    }

    /// <inheritdoc/>
    /// <exception cref="RejectedExecutionException">The executor has been shut down. Akka then tries its successor.</exception>
    public override void Execute(IRunnable run)
    {
        lock (_queue)
        {
            if (_isShutDown)
                throw new RejectedExecutionException($"the threads of {Id} have been shut down");
            _queue.Enqueue(run);
            Monitor.Pulse(_queue);
        }
    }

    /// <summary>Ends the threads when they have done what is in the queue. Returns at once.</summary>
    public override void Shutdown()
    {
        lock (_queue)
        {
            _isShutDown = true;
            Monitor.PulseAll(_queue);
        }
    }

    private void Work()
    {
        while (Next() is { } run)
            run.Run();
    }

    private IRunnable? Next()
    {
        lock (_queue)
        {
            while (_queue.Count == 0 && !_isShutDown)
                Monitor.Wait(_queue);
            return _queue.TryDequeue(out var run) ? run : null;
        }
    }

    /// <summary>Creates the executor that a dispatcher's configuration names.</summary>
    /// <param name="config">The dispatcher's configuration, with the number of threads at <c>threads</c>.</param>
    /// <param name="prerequisites">What Akka passes to every configurator.</param>
    internal sealed class Configurator(Config config, IDispatcherPrerequisites prerequisites)
        : ExecutorServiceConfigurator(config, prerequisites)
    {
        public override ExecutorService Produce(string id) => new SleepingThreads(id, Config.GetInt("threads"));
    }
}
