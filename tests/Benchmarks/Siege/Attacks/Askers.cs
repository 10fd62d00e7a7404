using TspActors.Protocol;

namespace TspActors.Benchmarks.Siege.Attacks;

/// <summary>Connections that request pages of 1,000 songs and never read a reply.</summary>
internal sealed class NeverReaders() : Attack("never-read", connections: 100, perSecond: 50)
{
    private const int ReceiveBytes = 4 * 1024;

    private static readonly TimeSpan Rest = TimeSpan.FromSeconds(31);
    private static readonly byte[] Requests = [.. Enumerable.Range(0, 100).SelectMany(
        number => FrameEncoder.Encode(Operation.List, number * 50, new ListRequest { Limit = 1000 }))];

    protected override int PerAddress => 25;

    protected override async Task VisitAsync(int number, Battlefield field, CancellationToken stop)
    {
        using var asker = await Stranger.ConnectAsync(field.Target, AddressOf(number), stop, ReceiveBytes).ConfigureAwait(false);
        Count("connections");
        using var over = CancellationTokenSource.CreateLinkedTokenSource(stop);
        over.CancelAfter(Rest);
        try
        {
            while (true)
            {
                await asker.SendAsync(Requests, over.Token).ConfigureAwait(false);
                Count("requests", 100);
            }
        }
        catch (OperationCanceledException)
        {
            stop.ThrowIfCancellationRequested();
        }
    }
}

/// <summary>Connections that search for sixteen words of one letter, twenty searches at a time, over and over.</summary>
internal sealed class Searchers() : Attack("search", connections: 50, perSecond: 50)
{
    private const int AtOnce = 20;

    private static readonly byte[] Request =
        FrameEncoder.Encode(Operation.List, 0, new ListRequest { Query = "a b c d e f g h i j k l m n o p" });

    protected override int PerAddress => 5;

    protected override async Task VisitAsync(int number, Battlefield field, CancellationToken stop)
    {
        using var asker = await Asking.OpenAsync(field.Target, AddressOf(number), stop).ConfigureAwait(false);
        var requests = Enumerable.Repeat(Request, AtOnce).SelectMany(request => request).ToArray();
        while (true)
        {
            await asker.SendAsync(requests, stop).ConfigureAwait(false);
            for (var replies = 0; replies < AtOnce; replies++)
                Count((await asker.ReadAsync(stop).ConfigureAwait(false)).Operation == Operation.Error ? "refused" : "searches");
        }
    }
}

/// <summary>Listeners that send a host ten PLAYs at random offsets ten times a second, and drop the bytes that arrive.</summary>
internal sealed class PlayStorm() : Attack("play-storm", connections: 40, perSecond: 20)
{
    private const int AtOnce = 10;

    protected override int PerAddress => 4;

    protected override async Task VisitAsync(int number, Battlefield field, CancellationToken stop)
    {
        using var listener = await Stranger.ConnectAsync(field.Target, AddressOf(number), stop).ConfigureAwait(false);
        var draining = listener.DrainAsync(stop);
        var songs = field.Songs.Where(song => song.Hosts.Any(host => host.Port == field.Target.Port)).ToArray();
        while (!draining.IsCompleted)
        {
            var song = songs[Random.Shared.Next(songs.Length)];
            var plays = Enumerable.Range(0, AtOnce).SelectMany(_ => FrameEncoder.Encode(Operation.Play, song.Id, new PlayRequest
            {
                Offset = (ulong)Random.Shared.NextInt64((long)song.Format.PayloadBytes),
                Pace = (Pace)Random.Shared.Next(2),
                WantPieceHashes = true,
            })).ToArray();
            await listener.SendAsync(plays, stop).ConfigureAwait(false);
            Count("plays and seeks", AtOnce);
            await Task.Delay(TimeSpan.FromMilliseconds(100), stop).ConfigureAwait(false);
        }

        await draining.ConfigureAwait(false);
    }
}

/// <summary>Listeners that request a host's longest songs at full speed, and never read a byte.</summary>
internal sealed class NeverListeners(int connections) : Attack("never-listen", connections, perSecond: 100)
{
    private const int ReceiveBytes = 4 * 1024;

    private static readonly TimeSpan Rest = TimeSpan.FromSeconds(31);

    protected override int PerAddress => 100;

    protected override async Task VisitAsync(int number, Battlefield field, CancellationToken stop)
    {
        using var listener = await Stranger.ConnectAsync(field.Target, AddressOf(number), stop, ReceiveBytes).ConfigureAwait(false);
        Count("connections");
        var longest = field.Songs.Where(song => song.Hosts.Any(host => host.Port == field.Target.Port))
            .OrderByDescending(song => song.Format.PayloadBytes).Take(6).ToArray();
        var song = longest[number % longest.Length].Id;
        await listener.SendAsync(
            FrameEncoder.Encode(Operation.Play, song, new PlayRequest { Pace = Pace.Full }), stop).ConfigureAwait(false);
        await Task.Delay(Rest, stop).ConfigureAwait(false);
    }
}
