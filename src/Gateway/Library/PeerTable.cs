using TspActors.Protocol;

namespace TspActors.Gateway.Library;

/// <summary>The peers that share songs, and which of the songs each of them has.</summary>
/// <remarks>
/// Many songs have the same peers. Such songs share one set of peers, so each song stores only the number of its set. Not thread-safe: the
/// library calls it under its lock.
/// </remarks>
internal sealed class PeerTable
{
    /// <summary>The maximum number of peers that are kept for one song. In lists, a tracker names at most 8.</summary>
    public const int MaxPeersOfSong = 32;

    /// <summary>The maximum number of peers. Further peers are ignored, because a tracker could invent any number of them.</summary>
    public const int MaxPeers = 100_000;

    // The empty set.
    private const int Nobody = 0;

    private readonly Dictionary<PeerId, PeerRow> _peers = [];
    private readonly List<PeerRow?> _byOrdinal = [];
    private readonly Stack<int> _freePeers = new();
    private readonly Rows<PeerSet> _sets = new();
    private readonly Stack<int> _freeSets = new();
    private readonly IntLists _members = new();
    private readonly OrdinalTable _byMembers;
    private Rows<int> _setOfSong = new();

    public PeerTable()
    {
        _byMembers = new OrdinalTable(set => _sets[set].Code);
        _sets.Add(default);
    }

    /// <summary>Increases when a peer appears or disappears, is described differently, or gains or loses a song.</summary>
    public long Version { get; private set; }

    /// <summary>The numbers of peers and sets for which memory is allocated, including those that are not in use.</summary>
    public (int Peers, int Sets) Room => (_byOrdinal.Count, _sets.Count);

    /// <summary>All peers, in no particular order.</summary>
    public IEnumerable<LibraryPeer> All => _peers.Values.Select(peer => peer.ToPeer());

    /// <summary>Returns a peer; null if it shares no songs.</summary>
    public LibraryPeer? Find(PeerId id) => _peers.GetValueOrDefault(id)?.ToPeer();

    /// <summary>Adds the song with the next ordinal. It has no peers yet.</summary>
    public void AddSong() => _setOfSong.Add(Nobody);

    /// <summary>Sets a song's peers, and updates their descriptions.</summary>
    /// <param name="song">The song's ordinal.</param>
    /// <param name="hosts">The peers as the tracker describes them. Those without a valid id are ignored.</param>
    public void SetHosts(int song, IReadOnlyList<Host> hosts)
    {
        Span<int> members = stackalloc int[MaxPeersOfSong];
        var count = 0;
        for (var at = 0; at < Math.Min(hosts.Count, MaxPeersOfSong); at++)
        {
            if (LibraryPeer.Of(hosts[at]) is { } described && Describe(described) is { } peer && !members[..count].Contains(peer))
                members[count++] = peer;
        }

        members = members[..count];
        members.Sort();
        Move(song, SetOf(members));
    }

    /// <summary>Records that a song no longer has any peers.</summary>
    public void Clear(int song) => Move(song, Nobody);

    /// <summary>
    /// Returns a predicate that is true for the ordinals of the songs that a peer has. It is valid until the table changes.
    /// </summary>
    public Func<int, bool> SongsOf(PeerId id)
    {
        if (!_peers.TryGetValue(id, out var peer))
            return _ => false;
        var sets = new Bits(_sets.Count);
        for (var set = 0; set < _sets.Count; set++)
        {
            if (_members.Items(_sets[set].Members).BinarySearch(peer.Ordinal) >= 0)
                sets.Set(set);
        }

        return song => sets.Has(_setOfSong[song]);
    }

    /// <summary>
    /// Returns one song of each peer, chosen from its songs with the fewest peers. Peers that share no songs are left out.
    /// </summary>
    public Dictionary<PeerId, int> SampleSongs(IEnumerable<PeerId> peers)
    {
        var wanted = peers.Distinct().Where(_peers.ContainsKey).ToDictionary(id => _peers[id].Ordinal, id => (Peer: id, Set: Nobody));
        for (var set = 0; set < _sets.Count; set++)
        {
            foreach (var member in _members.Items(_sets[set].Members))
            {
                if (wanted.TryGetValue(member, out var best)
                    && (best.Set == Nobody || _sets[set].Members.Count < _sets[best.Set].Members.Count))
                    wanted[member] = (best.Peer, set);
            }
        }

        var bySet = wanted.Values.ToLookup(best => best.Set, best => best.Peer);
        var samples = new Dictionary<PeerId, int>();
        for (var song = 0; song < _setOfSong.Count && samples.Count < wanted.Count; song++)
        {
            if (_setOfSong[song] == Nobody || !bySet.Contains(_setOfSong[song]))
                continue;
            foreach (var peer in bySet[_setOfSong[song]])
                samples.TryAdd(peer, song);
        }

        return samples;
    }

    /// <summary>Replaces the ordinals of the songs.</summary>
    /// <param name="numbers">The new ordinal of each song, ascending; -1 = it has been forgotten.</param>
    public void Renumber(int[] numbers)
    {
        var kept = new Rows<int>();
        for (var song = 0; song < numbers.Length; song++)
        {
            if (numbers[song] < 0)
                Clear(song);
            else
                kept.Add(_setOfSong[song]);
        }

        _setOfSong = kept;
    }

    // Finds or adds a peer; null = there are too many. A new peer has no songs until the caller has moved a song to a set that contains the
    // peer.
    private int? Describe(LibraryPeer described)
    {
        if (!_peers.TryGetValue(described.Id, out var peer))
        {
            if (_peers.Count >= MaxPeers)
                return null;
            _peers.Add(described.Id, peer = NewPeer());
        }

        if (peer.Described != described)
            Version++;
        peer.Described = described;
        return peer.Ordinal;
    }

    private PeerRow NewPeer()
    {
        if (!_freePeers.TryPop(out var ordinal))
        {
            ordinal = _byOrdinal.Count;
            _byOrdinal.Add(null);
        }

        return _byOrdinal[ordinal] = new PeerRow(ordinal);
    }

    private void Move(int song, int set)
    {
        ref var current = ref _setOfSong[song];
        var former = current;
        if (former == set)
            return;
        current = set;
        Version++;
        // A peer that is in both sets must not seem to have lost its last song, so the new set is counted first.
        Count(set, 1);
        Count(former, -1);
    }

    private void Count(int set, int change)
    {
        if (set == Nobody)
            return;
        _sets[set].Songs += change;
        foreach (var member in _members.Items(_sets[set].Members))
        {
            var peer = _byOrdinal[member]!;
            peer.Songs += change;
            if (peer.Songs == 0)
                Remove(peer);
        }

        if (_sets[set].Songs == 0)
            Forget(set);
    }

    private void Remove(PeerRow peer)
    {
        _peers.Remove(peer.Described!.Id);
        _byOrdinal[peer.Ordinal] = null;
        _freePeers.Push(peer.Ordinal);
    }

    private void Forget(int set)
    {
        _byMembers.Remove(set);
        _members.Clear(ref _sets[set].Members);
        _freeSets.Push(set);
    }

    // Returns the set with these members, which are sorted. A new set has no songs until the caller has moved a song to it.
    private int SetOf(ReadOnlySpan<int> members)
    {
        if (members.IsEmpty)
            return Nobody;
        var code = CodeOf(members);
        var set = _byMembers.Find(code, new SetKey(this, members), static (set, key) => key.Is(set));
        if (set >= 0)
            return set;
        if (!_freeSets.TryPop(out set))
            set = _sets.Add(default);
        ref var row = ref _sets[set];
        row = new PeerSet { Code = code };
        foreach (var member in members)
            _members.Add(ref row.Members, member);
        _byMembers.Add(set);
        return set;
    }

    private static uint CodeOf(ReadOnlySpan<int> members)
    {
        var code = (uint)members.Length;
        foreach (var member in members)
            code = (uint)KeyedHashCode.Of((ulong)code << 32 | (uint)member, 0);
        return code;
    }

    /// <summary>The members of the set to find.</summary>
    private readonly ref struct SetKey(PeerTable table, ReadOnlySpan<int> members)
    {
        private readonly ReadOnlySpan<int> _members = members;

        public bool Is(int set) => table._members.Items(table._sets[set].Members).SequenceEqual(_members);
    }

    /// <summary>The peers that some songs have in common.</summary>
    private struct PeerSet
    {
        /// <summary>The ordinals of the peers, ascending.</summary>
        public IntList Members;

        /// <summary>The number of songs with exactly these peers.</summary>
        public int Songs;

        public uint Code;
    }

    /// <summary>A peer that shares songs.</summary>
    private sealed class PeerRow(int ordinal)
    {
        public int Ordinal => ordinal;

        public LibraryPeer? Described { get; set; }

        public int Songs { get; set; }

        public LibraryPeer ToPeer() => Described! with { SongCount = Songs };
    }
}
