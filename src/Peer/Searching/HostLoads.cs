using TspActors.Protocol;

namespace TspActors.Peer.Searching;

/// <summary>Finds out how busy hosts are. Only the tracker's reply to PLAY contains loads, because they change all the time.</summary>
internal static class HostLoads
{
    // A reply describes all hosts of a song, so one request is enough for all peers with the same sample.
    private const int MaxQuestions = 200;
    private const int AtOnce = 8;

    /// <summary>Returns the peers with their loads. Peers whose load the tracker does not report are returned unchanged.</summary>
    public static async Task<IReadOnlyList<PeerEntry>> UpdateAsync(
        CatalogClient catalog, IReadOnlyList<PeerEntry> peers, CancellationToken cancellation)
    {
        var hosts = new Dictionary<PeerId, Host>();
        foreach (var songs in peers.Select(peer => peer.Sample.Id).Distinct().Take(MaxQuestions).Chunk(AtOnce))
        {
            var grants = await Task.WhenAll(songs.Select(song => catalog.FindGrantAsync(song, cancellation))).ConfigureAwait(false);
            foreach (var host in grants.SelectMany(grant => grant.Song?.Hosts ?? []).Where(host => host.PeerId.Length == PeerId.Size))
                hosts[new PeerId(host.PeerId.Span)] = host;
        }

        return
        [
            .. peers.Select(peer => hosts.TryGetValue(new PeerId(peer.Host.PeerId.Span), out var now)
                ? peer with { Host = now, HasLoad = true }
                : peer),
        ];
    }

    /// <summary>Copies the loads in a grant to the hosts of a song.</summary>
    public static void Copy(PlayGrant grant, Song song)
    {
        foreach (var host in song.Hosts)
        {
            if (grant.Song?.Hosts.FirstOrDefault(other => other.PeerId == host.PeerId) is { } now)
                (host.ActiveStreams, host.MaxStreams) = (now.ActiveStreams, now.MaxStreams);
        }
    }
}
