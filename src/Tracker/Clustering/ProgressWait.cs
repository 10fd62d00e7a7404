namespace TspActors.Tracker.Clustering;

/// <summary>A wait that lasts as long as there is progress: it ends when there has been none for the duration of a timeout.</summary>
/// <param name="progress">Returns a number that grows with each step.</param>
/// <param name="timeout">How long a step may take.</param>
/// <param name="time">The clock.</param>
internal sealed class ProgressWait(Func<long> progress, TimeSpan timeout, TimeProvider time)
{
    /// <summary>Waits until the task has completed, successfully or not, or until there is no further progress.</summary>
    /// <param name="done">Completes when there is nothing left to wait for.</param>
    /// <param name="ending">Cancels the wait.</param>
    /// <exception cref="OperationCanceledException">The wait was cancelled.</exception>
    public async Task UntilAsync(Task done, CancellationToken ending)
    {
        long before;
        do
        {
            before = progress();
            await Task.WhenAny(done, Task.Delay(timeout, time, ending)).ConfigureAwait(false);
            ending.ThrowIfCancellationRequested();
        }
        while (!done.IsCompleted && progress() != before);
    }
}
