using TspActors.Benchmarks.TrackerLoad;
using TspActors.Protocol;

namespace TspActors.Benchmarks.Siege.Attacks;

/// <summary>Peers that keep sharing songs as fast as the tracker reads: new songs, or the same ones under new titles.</summary>
internal sealed class EndlessSharers(string name, int connections, bool isNew) : Attack(name, connections, perSecond: 2)
{
    protected override int PerAddress => 1;

    protected override int AddressesPerSubnet => 1;

    protected override async Task VisitAsync(int number, Battlefield field, CancellationToken stop)
    {
        using var sharer = await Stranger.ConnectAsync(field.Target, AddressOf(number), stop).ConfigureAwait(false);
        await sharer.SendAsync(
            FrameEncoder.Encode(Operation.Init, 0, new Init { Hello = Stranger.Hello("sharer") }), stop).ConfigureAwait(false);
        using var closed = CancellationTokenSource.CreateLinkedTokenSource(stop);
        var draining = sharer.DrainAsync(stop).ContinueWith(_ => closed.Cancel(), TaskScheduler.Default);
        var frame = new SongFrame((Block * 100) + number, isNew);
        try
        {
            while (true)
            {
                await sharer.SendAsync(frame.Bytes, closed.Token).ConfigureAwait(false);
                Count("songs", SongFrame.Count);
                frame.Change();
            }
        }
        catch (OperationCanceledException)
        {
            stop.ThrowIfCancellationRequested();
            throw new IOException("closed");
        }
        finally
        {
            sharer.Dispose();
            await draining.ConfigureAwait(false);
        }
    }
}

/// <summary>Peers that repeatedly register, share a thousand songs and leave.</summary>
internal sealed class Revolvers() : Attack("join-leave", connections: 4, perSecond: 20)
{
    private const int Songs = 1000;

    protected override int PerAddress => 1;

    protected override async Task VisitAsync(int number, Battlefield field, CancellationToken stop)
    {
        using var peer = new SiegePeer(field.Tracker, AddressOf(number), Stranger.Hello("revolver"));
        await peer.RegisterAsync().WaitAsync(stop).ConfigureAwait(false);
        var share = new Share { Complete = true, Last = true };
        share.Added.AddRange(Enumerable.Range(500_000 + (number * Songs), Songs).Select(song => SongMaker.Song(song)));
        await peer.ShareAsync(share).WaitAsync(stop).ConfigureAwait(false);
        Count("visits");
        await peer.SendQuitAsync().WaitAsync(stop).ConfigureAwait(false);
    }
}
