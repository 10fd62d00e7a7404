using TspActors.Monitoring;
using TspActors.Transport;

namespace TspActors.Tracker.Monitoring;

/// <summary>Keeps a tracker away from its cluster for a while. Health checks are still answered.</summary>
/// <remarks>
/// Without an answer, an orchestrator would restart the program. The new process would have forgotten the song ids, and would rejoin at
/// once.
/// </remarks>
internal static class AwayFromCluster
{
    /// <summary>Waits, and meanwhile runs the HTTP server if it is enabled and its port can be opened.</summary>
    /// <param name="settings">The settings of the HTTP server.</param>
    /// <param name="pause">How long to wait.</param>
    /// <param name="asked">Ends the wait when it completes.</param>
    public static async Task WaitAsync(MonitoringSettings settings, TimeSpan pause, Task asked)
    {
        if (pause == TimeSpan.Zero)
            return;
        var telemetry = new TrackerTelemetry();
        telemetry.Readiness.Await(
            TrackerTelemetry.Cluster, $"the cluster has removed this tracker repeatedly, so it stays away for {pause.TotalSeconds:0} s");
        await using var http = await OpenAsync(settings, telemetry).ConfigureAwait(false);
        await Task.WhenAny(asked, Task.Delay(pause)).ConfigureAwait(false);
    }

    private static async Task<TrackerHttp?> OpenAsync(MonitoringSettings settings, TrackerTelemetry telemetry)
    {
        try
        {
            return settings.Enabled ? await TrackerHttp.StartAsync(settings, telemetry).ConfigureAwait(false) : null;
        }
        catch (ListenException)
        {
            return null;
        }
    }
}
