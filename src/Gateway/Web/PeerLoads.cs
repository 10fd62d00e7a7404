using System.Collections.Concurrent;
using Akka.Actor;
using TspActors.Gateway.Library;
using TspActors.Gateway.Swarm;
using TspActors.Protocol;

namespace TspActors.Gateway.Web;

/// <summary>
/// Asks the tracker how many streams peers are sending. The catalog does not contain this number, because it changes all the time.
/// Thread-safe.
/// </summary>
/// <param name="sharing">The peers.</param>
/// <param name="peer">The peer's actor.</param>
/// <param name="time">The clock.</param>
internal sealed class PeerLoads(SharingPeers sharing, IActorRef peer, TimeProvider time)
{
    // A reply describes all hosts of a song, so a few requests are enough for a page of peers that share the same songs.
    private const int MaxQuestions = 16;
    private const int MaxKept = 2_000;

    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan Lifetime = TimeSpan.FromSeconds(10);

    private readonly ConcurrentDictionary<PeerId, Reply> _replies = new();
    private int _running;

    /// <summary>
    /// Returns the peers as the tracker currently describes them. A peer is returned unchanged if the tracker was not asked about it, or
    /// did not describe it in time.
    /// </summary>
    public async Task<IReadOnlyList<SharingPeer>> UpdateAsync(IReadOnlyList<SharingPeer> peers)
    {
        var unknown = peers.Where(each => Find(each.Peer.Id) is null).ToList();
        if (unknown.Count > 0)
        {
            var questions = sharing.Samples(unknown).GroupBy(sample => sample.Value, sample => sample.Key).Take(MaxQuestions);
            await Task.WhenAll(questions.Select(question => AskAsync(question.Key, [.. question]))).ConfigureAwait(false);
        }

        return [.. peers.Select(each => Find(each.Peer.Id)?.Peer is { } now ? each with { Peer = Updated(each.Peer, now) } : each)];
    }

    private static LibraryPeer Updated(LibraryPeer peer, LibraryPeer now) => now with { SongCount = peer.SongCount };

    private Reply? Find(PeerId id) => _replies.TryGetValue(id, out var reply) && time.GetElapsedTime(reply.At) < Lifetime ? reply : null;

    private async Task AskAsync(int song, IReadOnlyList<PeerId> wanted)
    {
        try
        {
            if (Interlocked.Increment(ref _running) > MaxQuestions)
                return;
            if (_replies.Count > MaxKept)
                _replies.Clear();
            // An empty reply is recorded for each peer first, so that the tracker is not asked again right away about a peer that its reply
            // does not name.
            foreach (var id in wanted)
                _replies[id] = new Reply(null, time.GetTimestamp());
            var hosts = await peer.Ask<SongHosts>(new GetSongHosts(song), Deadline).ConfigureAwait(false);
            foreach (var host in hosts.Hosts.Take(PeerTable.MaxPeersOfSong).Select(LibraryPeer.Of).OfType<LibraryPeer>())
                _replies[host.Id] = new Reply(host, time.GetTimestamp());
        }
        catch (AskTimeoutException)
        {
            // The state in the catalog is shown instead.
        }
        finally
        {
            Interlocked.Decrement(ref _running);
        }
    }

    private sealed record Reply(LibraryPeer? Peer, long At);
}
