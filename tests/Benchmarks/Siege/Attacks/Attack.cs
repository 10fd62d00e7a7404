using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using TspActors.Protocol;

namespace TspActors.Benchmarks.Siege.Attacks;

/// <summary>What attackers know: the addresses, and the songs that the tracker lists for everyone.</summary>
/// <param name="Target">The tracker or host under attack.</param>
/// <param name="Tracker">The tracker.</param>
/// <param name="HttpPort">The tracker's HTTP port.</param>
/// <param name="Songs">All songs that were listed before the attacks.</param>
internal sealed record Battlefield(IPEndPoint Target, IPEndPoint Tracker, int HttpPort, IReadOnlyList<Song> Songs);

/// <summary>One kind of attack: a number of connections, each of which is opened again when it ends.</summary>
/// <param name="name">The name by which --only selects the attack.</param>
/// <param name="connections">The number of simultaneous connections.</param>
/// <param name="perSecond">The maximum number of connections that are opened per second.</param>
internal abstract class Attack(string name, int connections, int perSecond)
{
    private readonly ConcurrentDictionary<string, long> _counts = new();
    private long _nextStart;

    public string Name => name;

    /// <summary>The second byte of the attack's addresses. Each attack has its own block, 127.BLOCK.x.y.</summary>
    public byte Block { get; set; }

    /// <summary>How many addresses of each /24 the attack uses.</summary>
    protected virtual int AddressesPerSubnet => 2;

    /// <summary>The number of connections from each address.</summary>
    protected virtual int PerAddress => 250;

    /// <summary>Runs all connections until <paramref name="stop"/> is cancelled.</summary>
    public Task RunAsync(Battlefield field, CancellationToken stop) =>
        Task.WhenAll(Enumerable.Range(0, connections).Select(number => RepeatAsync(number, field, stop)));

    /// <summary>Returns a summary of what the attack has done so far.</summary>
    public string Describe()
    {
        var counts = _counts.OrderByDescending(count => count.Value).Take(6).Select(count => $"{count.Value} {count.Key}");
        return $"{name}: {string.Join(", ", counts)}";
    }

    /// <summary>Runs one connection until it ends. The attack then opens it again.</summary>
    protected abstract Task VisitAsync(int number, Battlefield field, CancellationToken stop);

    protected void Count(string what, long times = 1) => _counts.AddOrUpdate(what, times, (_, count) => count + times);

    /// <summary>Returns the address of a connection.</summary>
    protected IPAddress AddressOf(int number)
    {
        var address = number / PerAddress;
        return new IPAddress([127, Block, (byte)(address / AddressesPerSubnet), (byte)(1 + (address % AddressesPerSubnet))]);
    }

    private async Task RepeatAsync(int number, Battlefield field, CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            try
            {
                await StartAsync(stop).ConfigureAwait(false);
                await VisitAsync(number, field, stop).ConfigureAwait(false);
            }
            catch (OperationCanceledException)
            {
                return;
            }
            catch (SocketException error)
            {
                Count($"x {error.SocketErrorCode}");
            }
            catch (Exception error) when (error is IOException or InvalidDataException)
            {
                Count($"x {error.Message}");
            }
        }
    }

    // Reserves the next start time, so that connections are opened at an even rate.
    private async Task StartAsync(CancellationToken stop)
    {
        var interval = TimeSpan.TicksPerSecond / perSecond;
        long now, last, due;
        do
        {
            (now, last) = (DateTime.UtcNow.Ticks, Interlocked.Read(ref _nextStart));
            due = Math.Max(now, last);
        }
        while (Interlocked.CompareExchange(ref _nextStart, due + interval, last) != last);
        await Task.Delay(TimeSpan.FromTicks(due - now), stop).ConfigureAwait(false);
    }
}
