using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Text;
using TspActors.EndToEnd.Tests.Music;
using TspActors.EndToEnd.Tests.Programs;

namespace TspActors.EndToEnd.Tests;

/// <summary>Checks trackers that authenticate each other with the cluster's secret.</summary>
public sealed class ClusterSecretSpecs
{
    private const string Secret = "TSP__TRACKER__CLUSTER__SECRET=correct horse battery staple";

    [NeedsFact("lame")]
    public async Task Trackers_that_know_the_secret_form_a_cluster_and_let_no_other_tracker_in()
    {
        await using var stage = new Stage();
        var cluster = await TrackerCluster.StartAsync(stage, 3, started: 2, Secret);
        stage.Share("peer0", "0.mp3", await Songs.ToneAsync(440, 0.5));
        await cluster.StartPeerAsync("peer0", 0);
        await cluster.ListsAsync(cluster.Trackers[1], songs => songs.Count == 1, "with a secret");

        // The guessing tracker has the address of the cluster's third tracker, so the first two keep trying to connect to it.
        var guessing = cluster.Begin(2, "TSP__TRACKER__CLUSTER__SECRET=correct horse battery stable");
        var plain = cluster.BeginOther();
        await Task.WhenAll(new[] { guessing, plain }.Select(
            tracker => tracker.ReportsAsync("no other tracker of the cluster accepts this one")));

        Assert.Single(await TrackerCluster.ListAsync(cluster.Trackers[0]));
        Assert.DoesNotContain("battery", guessing.Errors.Text, StringComparison.Ordinal);
        foreach (var tracker in new[] { guessing, plain })
            tracker.Signal("TERM");
        await Task.WhenAll(guessing.ExitsWithAsync(0), plain.ExitsWithAsync(0));
        // A tracker that reads the secret from a file joins.
        var file = stage.Folder.In("secret");
        await File.WriteAllTextAsync(file, "correct horse battery staple\n");
        var third = await TrackerCluster.ReadyAsync(cluster.Begin(2, "TSP__TRACKER__CLUSTER__SECRET=", $"TSP__TRACKER__CLUSTER__SECRET_FILE={file}"));
        await UntilListedAsync(cluster, third);
        Assert.All(
            cluster.Trackers[..2],
            tracker => Assert.DoesNotContain("no longer in its cluster", tracker.Process.Errors.Text, StringComparison.Ordinal));
    }

    [Fact]
    public async Task The_cluster_port_rejects_clients_that_do_not_know_the_secret()
    {
        await using var stage = new Stage();
        var cluster = await TrackerCluster.StartAsync(stage, 1, Secret);

        // A client without TLS does not receive Akka's reply, which contains the name of the actor system.
        using var plain = new TcpClient();
        await plain.ConnectAsync(IPAddress.Loopback, cluster.ClusterPorts[0]);
        await plain.GetStream().WriteAsync(Encoding.ASCII.GetBytes("\u0010\0\0\0akka.tcp://tsp-tracker"));
        Assert.DoesNotContain("tsp-tracker", await ReadToEndAsync(plain.GetStream()), StringComparison.Ordinal);

        // A TLS client without a certificate for the derived key is disconnected.
        using var stranger = new TcpClient();
        await stranger.ConnectAsync(IPAddress.Loopback, cluster.ClusterPorts[0]);
        await using var tls = new SslStream(
            stranger.GetStream(), leaveInnerStreamOpen: false, (_, certificate, _, _) => certificate is not null);
        await Assert.ThrowsAnyAsync<Exception>(async () =>
        {
            await tls.AuthenticateAsClientAsync("tracker");
            await tls.WriteAsync(new byte[16]);
            if (await tls.ReadAsync(new byte[16]) == 0)
                throw new EndOfStreamException();
        }).WaitAsync(ProgramProcess.Deadline);
    }

    private static async Task<string> ReadToEndAsync(NetworkStream stream)
    {
        using var patience = new CancellationTokenSource(ProgramProcess.Deadline);
        var read = new MemoryStream();
        try
        {
            await stream.CopyToAsync(read, patience.Token);
        }
        catch (IOException)
        {
            // The tracker has reset the connection.
        }

        return Encoding.ASCII.GetString(read.ToArray());
    }

    private static async Task UntilListedAsync(TrackerCluster cluster, ProgramProcess tracker)
    {
        var port = int.Parse(tracker.Errors.Text.Split("tracker ready on 127.0.0.1:")[1].Split('\n')[0], System.Globalization.CultureInfo.InvariantCulture);
        await cluster.ListsAsync(new TrackerProgram(tracker, port), songs => songs.Count == 1, "with a secret from a file");
    }
}
