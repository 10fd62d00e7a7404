using TspActors.Protocol;

namespace TspActors.EndToEnd.Tests.Programs;

/// <summary>Looks into a tracker's catalog, and waits for what it is to become.</summary>
public static class Catalog
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(100);

    /// <summary>Every song with its hosts.</summary>
    public static async Task<IReadOnlyList<Song>> ListAsync(TrackerProgram tracker)
    {
        using var client = await RawClient.ConnectAsync(tracker.Port);
        await client.SendAsync(Operation.List, 0, new ListRequest { Limit = 1000 });
        var page = await client.ReadAsync<SongPage>(Operation.List);
        Assert.Equal(0, page.NextCursor);
        return page.Songs;
    }

    /// <summary>Song ids by content hash.</summary>
    public static async Task<Dictionary<string, int>> IdsAsync(TrackerProgram tracker) =>
        (await ListAsync(tracker)).ToDictionary(song => Convert.ToHexStringLower(song.ContentHash.Span), song => song.Id);

    /// <summary>Waits until the catalog fulfils a condition.</summary>
    public static Task<IReadOnlyList<Song>> BecomesAsync(
        TrackerProgram tracker, Func<IReadOnlyList<Song>, bool> condition, string what, TimeSpan? within = null) =>
        EventuallyAsync(() => ListAsync(tracker), condition, what, within);

    /// <summary>Waits until song 1's host of that name streams to so many listeners.</summary>
    public static Task StreamsAsync(TrackerProgram tracker, string host, int streams) => EventuallyAsync(
        () => HostsAsync(tracker),
        hosts => hosts.Any(each => each.Name == host && each.ActiveStreams == streams),
        $"{host} streams to {streams}");

    /// <summary>Waits until one of song 1's hosts streams, and tells its name.</summary>
    public static async Task<string> StreamingHostAsync(TrackerProgram tracker)
    {
        var hosts = await EventuallyAsync(() => HostsAsync(tracker), hosts => hosts.Any(each => each.ActiveStreams > 0), "a host streams");
        return hosts.First(host => host.ActiveStreams > 0).Name;
    }

    /// <summary>The hosts of song 1, best first, with their load.</summary>
    public static async Task<IReadOnlyList<Host>> HostsAsync(TrackerProgram tracker)
    {
        using var client = await RawClient.ConnectAsync(tracker.Port);
        await client.SendAsync(Operation.Play, 1);
        return (await client.ReadAsync<PlayGrant>(Operation.Play)).Song.Hosts;
    }

    /// <summary>Looks again and again until the condition holds; fails at the deadline with what was seen last.</summary>
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
                Assert.Fail($"It never became so that {what}; at last it was {seen}");
            await timer.WaitForNextTickAsync(CancellationToken.None);
        }
    }
}
