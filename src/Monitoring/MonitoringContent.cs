using Microsoft.AspNetCore.Http;

namespace TspActors.Monitoring;

/// <summary>The content that a program serves through its <see cref="MonitoringServer"/>.</summary>
public sealed record MonitoringContent
{
    /// <summary>The configuration section to name in error messages, such as tsp.tracker.http.</summary>
    public required string Section { get; init; }

    /// <summary>The name of the meter whose instruments appear in /metrics.</summary>
    public required string MeterName { get; init; }

    /// <summary>
    /// Returns the reasons why the program cannot serve yet, as human-readable sentences; empty = it is ready. The task never fails, and
    /// completes quickly.
    /// </summary>
    public required Func<Task<IReadOnlyList<string>>> FindReasonsNotReadyAsync { get; init; }

    /// <summary>Updates the instruments before a request for /metrics is answered. The task never fails, and completes quickly.</summary>
    public Func<Task> RefreshAsync { get; init; } = () => Task.CompletedTask;

    /// <summary>Answers a GET or HEAD request for any other path; null = there is no such path.</summary>
    public Func<HttpContext, Task?> TryAnswer { get; init; } = _ => null;

    /// <summary>The other paths, which are listed in the reply to a request for an unknown path.</summary>
    public IReadOnlyList<string> OtherPaths { get; init; } = [];
}
