using System.Net;
using TspActors.Protocol;

namespace TspActors.Benchmarks.Siege.Attacks;

/// <summary>Connections that send only a PING once a minute, to occupy all connections that the server accepts.</summary>
internal sealed class IdleSeats(int connections) : Attack("idle", connections, perSecond: 500)
{
    private static readonly TimeSpan Interval = TimeSpan.FromMinutes(1);
    private static readonly byte[] Ping = FrameEncoder.Encode(Operation.Ping, 1);

    protected override int PerAddress => 1000;

    protected override async Task VisitAsync(int number, Battlefield field, CancellationToken stop)
    {
        using var seat = await Stranger.ConnectAsync(field.Target, AddressOf(number), stop).ConfigureAwait(false);
        Count("connections");
        using var closed = CancellationTokenSource.CreateLinkedTokenSource(stop);
        var pinging = PingAsync(seat, closed.Token);
        await seat.DrainAsync(stop).ConfigureAwait(false);
        await closed.CancelAsync().ConfigureAwait(false);
        await pinging.ContinueWith(_ => { }, TaskScheduler.Default).ConfigureAwait(false);
    }

    private static async Task PingAsync(Stranger seat, CancellationToken stop)
    {
        while (true)
        {
            await seat.SendAsync(Ping, stop).ConfigureAwait(false);
            await Task.Delay(Interval, stop).ConfigureAwait(false);
        }
    }
}

/// <summary>Connections that are closed after 200 ms, half of them without sending anything.</summary>
internal sealed class Flood(int perSecond) : Attack("flood", perSecond, perSecond)
{
    private static readonly TimeSpan Moment = TimeSpan.FromMilliseconds(200);
    private static readonly byte[] Ping = FrameEncoder.Encode(Operation.Ping, 1);

    protected override int PerAddress => 50;

    protected override async Task VisitAsync(int number, Battlefield field, CancellationToken stop)
    {
        using var visitor = await Stranger.ConnectAsync(field.Target, AddressOf(number), stop).ConfigureAwait(false);
        Count("connections");
        if (number % 2 == 0)
            await visitor.SendAsync(Ping, stop).ConfigureAwait(false);
        await visitor.DrainAsync(Moment, stop).ConfigureAwait(false);
    }
}

/// <summary>Idle connections to the tracker's HTTP port.</summary>
internal sealed class HttpSockets(int connections) : Attack("http", connections, perSecond: 100)
{
    protected override async Task VisitAsync(int number, Battlefield field, CancellationToken stop)
    {
        using var seat = await Stranger.ConnectAsync(
            new IPEndPoint(IPAddress.Loopback, field.HttpPort), AddressOf(number), stop).ConfigureAwait(false);
        Count("connections");
        await seat.DrainAsync(stop).ConfigureAwait(false);
    }
}
