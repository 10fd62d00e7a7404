using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Google.Protobuf;
using TspActors.Peer.Listening;
using TspActors.Peer.Reaching;
using TspActors.Protocol;

namespace TspActors.Benchmarks.Siege;

/// <summary>
/// A listener that fetches songs as this project's peer does: it tries hosts side by side, half a second apart, and silent hosts last.
/// </summary>
internal sealed class HonestListener(IPAddress from, ByteString peer)
{
    // As in config/peer.conf.
    private const int HostsAtOnce = 3;
    private const int Rounds = 3;
    private static readonly TimeSpan NextHostAfter = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan RoundDelay = TimeSpan.FromSeconds(1);

    private readonly HostMemory _memory = new();

    /// <summary>Tries the hosts of a grant until one sends the song, in up to three rounds.</summary>
    /// <returns>The stream of that host, and the time from the call until the first bytes arrived.</returns>
    /// <exception cref="IOException">No host sent the song.</exception>
    public async Task<(HostStream Stream, TimeSpan Sound)> FindAsync(PlayGrant grant, CancellationToken stop)
    {
        var begun = Stopwatch.GetTimestamp();
        for (var round = 1; ; round++)
        {
            try
            {
                var stream = await RaceAsync(grant.Song, stop).ConfigureAwait(false);
                return (stream, Stopwatch.GetElapsedTime(begun));
            }
            catch (IOException) when (round < Rounds)
            {
                await Task.Delay(RoundDelay, stop).ConfigureAwait(false);
            }
        }
    }

    private async Task<HostStream> RaceAsync(Song song, CancellationToken stop)
    {
        var left = new Queue<Host>(song.Hosts.OrderBy(host => _memory.RankOf(IdOf(host))));
        var race = new HostRace<HostStream>(HostsAtOnce);
        var opening = new Dictionary<Task, HostStream>();
        var failure = "no host";
        using var over = CancellationTokenSource.CreateLinkedTokenSource(stop);
        try
        {
            while (left.Count > 0 || opening.Count > 0)
            {
                if (left.Count > 0 && race.MakeRoom())
                {
                    var stream = new HostStream(left.Dequeue(), song, from, peer);
                    race.Add(stream, new HostRoute(stream.Host));
                    opening.Add(stream.OpenAsync(over.Token), stream);
                }

                var wait = left.Count > 0 && race.MayGrow ? NextHostAfter : Timeout.InfiniteTimeSpan;
                var ended = await Task.WhenAny([Task.Delay(wait, over.Token), .. opening.Keys]).ConfigureAwait(false);
                stop.ThrowIfCancellationRequested();
                if (!opening.Remove(ended, out var tried))
                    continue;
                if (ended.IsCompletedSuccessfully)
                {
                    race.End(tried, out var losers);
                    foreach (var (_, route, _) in losers.Where(loser => loser.IsSilent))
                        _memory.Silent(route.Peer);
                    _memory.Delivered(IdOf(tried.Host));
                    return tried;
                }

                race.Remove(tried);
                failure = Reason(ended);
                if (ended.IsCanceled)
                    _memory.Silent(IdOf(tried.Host));
                tried.Dispose();
            }

            throw new IOException(failure);
        }
        finally
        {
            await over.CancelAsync().ConfigureAwait(false);
            foreach (var (task, stream) in opening)
            {
                stream.Dispose();
                _ = task.ContinueWith(lost => lost.Exception, TaskScheduler.Default);
            }
        }
    }

    private static PeerId IdOf(Host host) => new(host.PeerId.Span);

    private static string Reason(Task ended) => ended.Exception?.InnerException switch
    {
        SocketException error => $"{error.SocketErrorCode}",
        { } error => error.Message,
        null => "the host was silent",
    };
}
