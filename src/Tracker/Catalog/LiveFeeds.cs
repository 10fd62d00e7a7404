using System.Collections.Immutable;
using TspActors.Protocol;

namespace TspActors.Tracker.Catalog;

/// <summary>
/// The live feeds of the catalog: how far each host is from the source, and what each feed is playing. Immutable.
/// </summary>
/// <remarks>
/// Distances and titles are kept separate from the songs, because each change would otherwise cause a broadcast to every peer.
/// </remarks>
internal sealed class LiveFeeds
{
    /// <summary>
    /// The maximum number of relays of one feed. Each relay causes a broadcast to every peer when it joins and when it leaves.
    /// </summary>
    public const int MaxRelays = 64;

    /// <summary>
    /// The maximum number of relays of one feed at one address. A household needs only a few, and one address must not be able to use up
    /// the feed's entire limit.
    /// </summary>
    public const int MaxRelaysOfAddress = 8;

    public static readonly LiveFeeds None = new(
        ImmutableDictionary<int, ImmutableDictionary<PeerId, byte>>.Empty, ImmutableDictionary<int, string>.Empty);

    private readonly ImmutableDictionary<int, ImmutableDictionary<PeerId, byte>> _depths;
    private readonly ImmutableDictionary<int, string> _titles;

    private LiveFeeds(
        ImmutableDictionary<int, ImmutableDictionary<PeerId, byte>> depths, ImmutableDictionary<int, string> titles, int copies = 0) =>
        (_depths, _titles, Copies) = (depths, titles, copies);

    /// <summary>The number of hosts of all feeds together.</summary>
    public int Copies { get; }

    /// <summary>Returns what a feed is playing, according to its source; empty = unknown.</summary>
    public string TitleOf(int id) => _titles.GetValueOrDefault(id, "");

    /// <summary>
    /// Returns the distances of a feed's hosts; null if the song is not a live feed. Hosts that share the feed as a song have no distance.
    /// </summary>
    /// <remarks>
    /// A host can share any song as a live feed. The song counts as a live feed if it is listed as such, or if one of its hosts is the
    /// proven source.
    /// </remarks>
    public IReadOnlyDictionary<PeerId, byte>? Find(CatalogSong song) =>
        _depths.TryGetValue(song.Id, out var hosts) && (song.IsLive || hosts.ContainsValue(0)) ? hosts : null;

    /// <summary>Returns the distances of the hosts that share a song as a live feed; null if there are none.</summary>
    public IReadOnlyDictionary<PeerId, byte>? Find(int id) => _depths.GetValueOrDefault(id);

    /// <summary>Returns the feeds with a host added, or with its distance replaced.</summary>
    /// <param name="id">The feed.</param>
    /// <param name="host">The host.</param>
    /// <param name="depth">How far the host is from the source.</param>
    /// <param name="title">What the feed is playing; ignored unless the host is the source.</param>
    public LiveFeeds With(int id, PeerId host, byte depth, string title = "") => new(
        _depths.SetItem(id, _depths.GetValueOrDefault(id, ImmutableDictionary<PeerId, byte>.Empty).SetItem(host, depth)),
        depth > 0 ? _titles : title.Length > 0 ? _titles.SetItem(id, title) : _titles.Remove(id),
        Copies + (Contains(id, host) ? 0 : 1));

    /// <summary>Returns whether the host shares the song as a live feed.</summary>
    public bool Contains(int id, PeerId host) => _depths.TryGetValue(id, out var hosts) && hosts.ContainsKey(host);

    /// <summary>Returns the feeds with a host removed.</summary>
    public LiveFeeds Without(int id, PeerId host)
    {
        if (!_depths.TryGetValue(id, out var hosts) || !hosts.TryGetValue(host, out var depth))
            return this;
        hosts = hosts.Remove(host);
        return new LiveFeeds(
            hosts.IsEmpty ? _depths.Remove(id) : _depths.SetItem(id, hosts), depth == 0 || hosts.IsEmpty ? _titles.Remove(id) : _titles,
            Copies - 1);
    }

    /// <summary>Returns why a host cannot pass a feed on; null if it can.</summary>
    /// <param name="id">The feed; 0 = it is new.</param>
    /// <param name="host">The host.</param>
    /// <param name="depth">How far the host claims to be from the source; 0 = it is the source.</param>
    /// <param name="isNeighbour">Returns whether another host is at the same address; null = no host is.</param>
    public string? Refusal(int id, PeerId host, byte depth, Func<PeerId, bool>? isNeighbour = null)
    {
        if (depth > LiveProof.MaxDepth)
            return $"a feed can be passed on over at most {LiveProof.MaxDepth} steps";
        if (depth == 0 || !_depths.TryGetValue(id, out var hosts) || hosts.ContainsKey(host))
            return null;
        if (hosts.Values.Count(each => each > 0) >= MaxRelays)
            return $"this feed already has {MaxRelays} relays, which is the maximum";
        return isNeighbour is not null && hosts.Count(each => each.Value > 0 && isNeighbour(each.Key)) >= MaxRelaysOfAddress
            ? $"this feed already has {MaxRelaysOfAddress} relays at this address, which is the maximum"
            : null;
    }

    /// <summary>
    /// Returns the distance of a host that shares a live song. Only the peer whose id and feed name yield the content hash is the source,
    /// so any other peer is at least one step away, whatever it claims.
    /// </summary>
    public static byte DepthOf(PeerId host, OfferedSong song) =>
        song.RelayDepth == 0 && LiveProof.HashOf(host, song.Title) != song.Hash ? (byte)1 : (byte)Math.Min(song.RelayDepth, byte.MaxValue);
}
