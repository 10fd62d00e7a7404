using System.Runtime.CompilerServices;

namespace TspActors.Peer.Diagnosis;

/// <summary>Runs checks concurrently, each within a deadline.</summary>
/// <param name="checks">The checks.</param>
/// <param name="deadline">How long each check may take.</param>
/// <param name="clock">The clock that measures the deadline.</param>
internal sealed class Examination(IReadOnlyList<ICheck> checks, TimeSpan deadline, TimeProvider clock)
{
    /// <summary>Runs the checks and returns their findings in the order of the checks.</summary>
    public async IAsyncEnumerable<Finding> RunAsync([EnumeratorCancellation] CancellationToken cancellation = default)
    {
        var running = checks.Select(check => ExamineAsync(check, cancellation)).ToList();
        foreach (var finding in running)
            yield return await finding.ConfigureAwait(false);
    }

    private async Task<Finding> ExamineAsync(ICheck check, CancellationToken cancellation)
    {
        using var timeout = new CancellationTokenSource(deadline, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellation);
        try
        {
            // A check may block, for example on a network share that has gone offline. Its thread is then abandoned.
            return await Task.Run(() => check.RunAsync(either.Token), either.Token).WaitAsync(either.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            return Finding.Problem(check.Name, $"no result within {deadline.TotalSeconds:0.#} s", "try again");
        }
        catch (Exception error) when (error is not OperationCanceledException)
        {
            // If one check fails, the findings of the others are still useful, so the examination continues.
            return Finding.Problem(check.Name, $"the check failed: {error.Message}", "try again");
        }
    }
}
