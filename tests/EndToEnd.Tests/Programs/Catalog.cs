using TspActors.Protocol;

namespace TspActors.EndToEnd.Tests.Programs;

/// <summary>Reads a tracker's catalog and waits for expected contents.</summary>
public static class Catalog
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(100);

    /// <summary>Returns every song with its hosts.</summary>
    public static async Task<IReadOnlyList<Song>> ListAsync(TrackerProgram tracker)
    {
        using var client = await RawTspClient.Connect(tracker.Port);
        await client.Send(Operation.List, 0, new ListRequest { Limit = 1000 });
        var page = await client.SkipTo<SongPage>(Operation.List);
        Assert.Equal(0, page.NextCursor);
        return page.Songs;
    }

    /// <summary>Returns the song ids by content hash.</summary>
    public static async Task<Dictionary<string, int>> IdsAsync(TrackerProgram tracker) =>
        (await ListAsync(tracker)).ToDictionary(song => Convert.ToHexStringLower(song.ContentHash.Span), song => song.Id);

    /// <summary>Waits until the catalog meets a condition.</summary>
    public static Task<IReadOnlyList<Song>> BecomesAsync(
        TrackerProgram tracker, Func<IReadOnlyList<Song>, bool> condition, string what, TimeSpan? within = null) =>
        EventuallyAsync(() => ListAsync(tracker), condition, what, within);

    /// <summary>Waits until the given host of song 1 has the given number of streams.</summary>
    public static Task StreamsAsync(TrackerProgram tracker, string host, int streams) => EventuallyAsync(
        () => HostsAsync(tracker),
        hosts => hosts.Any(each => each.Name == host && each.ActiveStreams == streams),
        $"{host}'s number of streams is {streams}");

    /// <summary>Waits until one of song 1's hosts is streaming, and returns its name.</summary>
    public static async Task<string> StreamingHostAsync(TrackerProgram tracker)
    {
        var hosts = await EventuallyAsync(() => HostsAsync(tracker), hosts => hosts.Any(each => each.ActiveStreams > 0), "a host streams");
        return hosts.First(host => host.ActiveStreams > 0).Name;
    }

    /// <summary>Returns the hosts of song 1, best first, with their load.</summary>
    public static async Task<IReadOnlyList<Host>> HostsAsync(TrackerProgram tracker)
    {
        using var client = await RawTspClient.Connect(tracker.Port);
        await client.Send(Operation.Play, 1);
        return (await client.SkipTo<PlayGrant>(Operation.Play)).Song.Hosts;
    }

    /// <summary>Polls until the condition holds. Fails at the deadline with the last state.</summary>
    public static async Task<T> EventuallyAsync<T>(Func<Task<T>> look, Func<T, bool> condition, string what, TimeSpan? within = null)
    {
        using var timer = new PeriodicTimer(Interval);
        using var deadline = new CancellationTokenSource(within ?? ProgramProcess.Deadline);
        while (true)
        {
            var seen = await look();
            if (condition(seen))
                return seen;
            if (deadline.IsCancellationRequested)
                Assert.Fail($"Never reached: {what}. Last state: {seen}");
            await timer.WaitForNextTickAsync(CancellationToken.None);
        }
    }
}
