using TspActors.EndToEnd.Tests.Music;
using TspActors.EndToEnd.Tests.Programs;
using TspActors.Protocol;

namespace TspActors.EndToEnd.Tests;

/// <summary>Checks that a program that runs out of file handles refuses some connections and keeps running.</summary>
public sealed class HandleSpecs
{
    private const int Limit = 450;

    [NeedsFact("lame", "prlimit")]
    public async Task A_host_that_runs_out_of_handles_refuses_connections_and_keeps_running()
    {
        await using var stage = new Stage();
        stage.Share("alice", "a.mp3", await Songs.ToneAsync(440, 30));
        var tracker = await stage.StartTrackerAsync();
        var host = await Stage.ReadyAsync(stage.StartNative(
            "prlimit", [$"--nofile={Limit}:{Limit}", .. Stage.Command("Peer"), .. stage.PeerArguments(tracker, "alice"), "serve"],
            ["TSP__PEER__HOSTING__MAX_STREAMS=0", "TSP__PEER__HOSTING__MAX_STREAMS_PER_ADDRESS=0"]));
        var (served, refused) = await FloodAsync(host.Port);

        Assert.True(served > 50, $"only {served} clients were served");
        Assert.True(refused > 50, $"only {refused} clients were refused");
        await host.Process.ReportsAsync("the operating system limits this process to 450 open files");

        // After the flood, the next client is served.
        RawTspClient? next = null;
        for (var deadline = DateTime.UtcNow + ProgramProcess.Deadline; next is null && DateTime.UtcNow < deadline;)
            next = await ServedAsync(host.Port);
        Assert.NotNull(next);
        next.Dispose();
        Assert.False(host.Process.HasExited, host.Process.ToString());
    }

    private static async Task<(int Served, int Refused)> FloodAsync(int port)
    {
        var open = new List<RawTspClient>();
        var (served, refused) = (0, 0);
        for (var at = 0; at < Limit; at++)
        {
            if (await ServedAsync(port) is { } client)
            {
                open.Add(client);
                served++;
            }
            else
            {
                refused++;
            }
        }

        open.ForEach(client => client.Dispose());
        return (served, refused);
    }

    private static async Task<RawTspClient?> ServedAsync(int port)
    {
        var client = await RawTspClient.Connect(port);
        try
        {
            await client.Send(Operation.Play, 1);
            if (await client.Receive() is { Operation: Operation.Play })
                return client;
        }
        catch (IOException)
        {
            // During a flood, some connections are closed without an error frame.
        }

        client.Dispose();
        return null;
    }
}
