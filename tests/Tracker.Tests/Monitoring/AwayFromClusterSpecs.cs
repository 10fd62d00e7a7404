using System.Net;
using System.Net.Sockets;
using TspActors.Monitoring;
using TspActors.Tracker.Monitoring;

namespace TspActors.Tracker.Tests.Monitoring;

public sealed class AwayFromClusterSpecs
{
    [Fact]
    public async Task A_tracker_that_stays_away_from_its_cluster_is_alive_and_says_why_it_is_not_ready()
    {
        var stop = new TaskCompletionSource();
        var settings = new MonitoringSettings { Endpoint = FreeEndpoint() };
        using var client = new HttpClient { BaseAddress = new Uri($"http://{settings.Endpoint}") };

        var away = AwayFromCluster.WaitAsync(settings, TimeSpan.FromMinutes(8), stop.Task);

        Assert.Equal(HttpStatusCode.OK, (await FirstAsync(client, "/health/live")).StatusCode);
        var ready = await client.GetAsync(new Uri("/health/ready", UriKind.Relative));
        Assert.Equal(HttpStatusCode.ServiceUnavailable, ready.StatusCode);
        Assert.Contains("so it stays away for 480 s", await ready.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        stop.SetResult();
        await away;
    }

    [Fact]
    public async Task A_port_in_use_does_not_end_the_pause_with_a_failure()
    {
        using var other = new TcpListener(IPAddress.Loopback, 0);
        other.Start();
        await AwayFromCluster.WaitAsync(
            new MonitoringSettings { Endpoint = (IPEndPoint)other.LocalEndpoint }, TimeSpan.FromMinutes(8), Task.CompletedTask);
    }

    private static async Task<HttpResponseMessage> FirstAsync(HttpClient client, string path)
    {
        for (var deadline = DateTime.UtcNow + TimeSpan.FromSeconds(60); ;)
        {
            try
            {
                return await client.GetAsync(new Uri(path, UriKind.Relative));
            }
            catch (HttpRequestException) when (DateTime.UtcNow < deadline)
            {
                await Task.Yield();
            }
        }
    }

    private static IPEndPoint FreeEndpoint()
    {
        using var free = new TcpListener(IPAddress.Loopback, 0);
        free.Start();
        return (IPEndPoint)free.LocalEndpoint;
    }
}
