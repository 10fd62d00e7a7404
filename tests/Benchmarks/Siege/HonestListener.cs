using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Google.Protobuf;
using TspActors.Peer.Listening;
using TspActors.Protocol;

namespace TspActors.Benchmarks.Siege;

/// <summary>
/// A listener that fetches songs as this project's peer does: it tries up to three hosts side by side, half a second apart, and tries
/// silent hosts last.
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
        var left = new Queue<Host>(song.Hosts.OrderBy(host => _memory.IsSilent(IdOf(host))));
        var running = new List<(HostStream Stream, Task Opening)>();
        var failure = "no host";
        using var over = CancellationTokenSource.CreateLinkedTokenSource(stop);
        try
        {
            while (left.Count > 0 || running.Count > 0)
            {
                if (left.Count > 0 && running.Count < HostsAtOnce)
                {
                    var stream = new HostStream(left.Dequeue(), song, from, peer);
                    running.Add((stream, stream.OpenAsync(over.Token)));
                }

                var wait = left.Count > 0 && running.Count < HostsAtOnce ? NextHostAfter : Timeout.InfiniteTimeSpan;
                var ended = await Task.WhenAny(
                    [Task.Delay(wait, over.Token), .. running.Select(each => each.Opening)]).ConfigureAwait(false);
                stop.ThrowIfCancellationRequested();
                var at = running.FindIndex(each => each.Opening == ended);
                if (at < 0)
                    continue;
                var (tried, _) = running[at];
                running.RemoveAt(at);
                if (ended.IsCompletedSuccessfully)
                {
                    // The hosts that were tried before this one, and have not sent anything yet, count as silent.
                    foreach (var loser in running.Take(at))
                        _memory.Silent(IdOf(loser.Stream.Host));
                    _memory.Sent(IdOf(tried.Host));
                    return tried;
                }

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
            foreach (var (stream, opening) in running)
            {
                stream.Dispose();
                _ = opening.ContinueWith(lost => lost.Exception, TaskScheduler.Default);
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
