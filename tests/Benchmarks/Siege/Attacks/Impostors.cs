using System.Net;
using Google.Protobuf;
using TspActors.Protocol;

namespace TspActors.Benchmarks.Siege.Attacks;

/// <summary>Second INITs with the ids of other peers. Anyone can read these ids in a listing.</summary>
internal sealed class SecondInits() : Attack("second-init", connections: 40, perSecond: 20)
{
    private int _next;

    protected override int PerAddress => 4;

    protected override async Task VisitAsync(int number, Battlefield field, CancellationToken stop)
    {
        var victims = field.Songs.SelectMany(song => song.Hosts).Select(host => host.PeerId).Distinct().ToArray();
        var hello = Stranger.Hello("impostor");
        hello.PeerId = victims[Interlocked.Increment(ref _next) % victims.Length];
        using var impostor = new SiegePeer(field.Tracker, AddressOf(number), hello);
        await impostor.RegisterAsync().WaitAsync(stop).ConfigureAwait(false);
        Count("WELCOMED");
    }
}

/// <summary>Peers with names of 64 emoji that claim to host all songs.</summary>
internal sealed class CrowdedNames() : Attack("crowd", connections: 31, perSecond: 2)
{
    protected override int PerAddress => 1;

    protected override Task VisitAsync(int number, Battlefield field, CancellationToken stop) =>
        Claimant.StayAsync(field, AddressOf(number), string.Concat(Enumerable.Repeat("😀", 64)), 7071, Count, stop);
}

/// <summary>Hosts that claim to have all songs, but answer only PING.</summary>
internal sealed class FakeHosts() : Attack("fake", connections: 20, perSecond: 2)
{
    protected override int PerAddress => 1;

    protected override async Task VisitAsync(int number, Battlefield field, CancellationToken stop)
    {
        using var port = new PingResponder(AddressOf(number));
        try
        {
            await Claimant.StayAsync(field, AddressOf(number), $"fake {number}", port.Port, Count, stop).ConfigureAwait(false);
        }
        finally
        {
            Count("listeners left waiting", port.Silences);
        }
    }
}

/// <summary>Registers a peer that shares all songs that the tracker listed before the attacks, and stays connected.</summary>
internal static class Claimant
{
    private const int SongsPerFrame = 1000;
    private static readonly TimeSpan Look = TimeSpan.FromSeconds(1);

    public static async Task StayAsync(
        Battlefield field, IPAddress from, string name, int port, Action<string, long> count, CancellationToken stop)
    {
        using var peer = new SiegePeer(field.Tracker, from, Stranger.Hello(name, port));
        await peer.RegisterAsync().WaitAsync(stop).ConfigureAwait(false);
        count("peers", 1);
        foreach (var songs in field.Songs.Chunk(SongsPerFrame))
        {
            var share = new Share { Last = songs[^1] == field.Songs[^1] };
            share.Added.AddRange(songs.Select(song => new SharedSong
            {
                ContentHash = song.ContentHash,
                Tags = song.Tags,
                Format = song.Format,
                LastId = song.Id,
            }));
            var assigned = await peer.ShareAsync(share).WaitAsync(stop).ConfigureAwait(false);
            count("songs claimed", assigned.Count(song => song.Id != 0));
            count("songs refused", assigned.Count(song => song.Id == 0));
        }

        while (peer.Failure is null)
            await Task.Delay(Look, stop).ConfigureAwait(false);
        throw new IOException(peer.Failure);
    }
}
