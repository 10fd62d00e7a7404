using System.Collections.Immutable;
using TspActors.Peer.Library;
using TspActors.Protocol;

namespace TspActors.Peer.Tracking;

/// <summary>
/// Decides which SHARE frame of a session is sent next. Once the tracker has asked for this peer's songs, all of them are shared, and then
/// the changes, one frame at a time.
/// </summary>
internal sealed class ShareProgress
{
    /// <summary>The token in the Send of a SHARE frame. Once the Sent with the same token arrives, the next frame can be created.</summary>
    public const string Token = "share";

    private const int MaxOfferedAtOnce = 5_000;

    private readonly HashSet<ContentHash> _refused = [];
    private readonly HashSet<ContentHash> _offered = [];
    private OwnSongs? _sent;
    private IEnumerator<byte[]>? _frames;
    private ImmutableDictionary<ContentHash, OwnSong> _shared = ImmutableDictionary<ContentHash, OwnSong>.Empty;
    private HashSet<ContentHash>? _touched = [];
    private HashSet<ContentHash>? _unassigned;
    private Phase _phase;
    private bool _frameUnderWay;

    private enum Phase
    {
        /// <summary>The tracker has not asked for anything.</summary>
        NotRequested,

        /// <summary>The next frames share everything.</summary>
        EverythingIsDue,

        /// <summary>Everything has been sent or is being sent. Changes follow.</summary>
        Changes,

        /// <summary>The tracker is not accepting anything for now.</summary>
        Postponed,
    }

    /// <summary>The library that is being shared, or will be shared next.</summary>
    public OwnSongs Library { get; private set; } = OwnSongs.None;

    /// <summary>True while no frames may be created.</summary>
    public bool IsHeld { get; set; }

    /// <summary>The number of songs that the tracker has refused or not accepted yet.</summary>
    public int Refused => _refused.Count;

    /// <summary>The number of shared songs.</summary>
    public int Count => _shared.Count;

    /// <summary>True while a shared song has neither an id nor a refusal.</summary>
    public bool IsReplyOwed => _unassigned is { Count: > 0 };

    /// <summary>True when each song has an id or a refusal, or the tracker is not accepting anything for now.</summary>
    public bool IsComplete =>
        _phase == Phase.Postponed
            || (_phase == Phase.Changes && _frames is null && !_frameUnderWay && !IsReplyOwed && ReferenceEquals(_sent, Library));

    /// <summary>True after <see cref="Postpone"/>, until the next <see cref="Request"/>.</summary>
    public bool IsPostponed => _phase == Phase.Postponed;

    /// <summary>Starts over because the tracker has asked for everything.</summary>
    public void Request()
    {
        _phase = Phase.EverythingIsDue;
        _frames = null;
        _shared = ImmutableDictionary<ContentHash, OwnSong>.Empty;
        _sent = null;
        _refused.Clear();
        _offered.Clear();
    }

    /// <summary>Starts without sharing everything first, because this peer hosts nothing.</summary>
    public void Skip() => (_phase, _sent) = (Phase.Changes, Library);

    /// <summary>
    /// Stops sharing until the next <see cref="Request"/>, because the tracker is not accepting anything for now. Songs that it has not
    /// accepted count as refused.
    /// </summary>
    public void Postpone()
    {
        _phase = Phase.Postponed;
        _frames = null;
        if (_unassigned is not null)
            _refused.UnionWith(_unassigned);
        _unassigned = null;
    }

    /// <summary>
    /// Offers refused songs again, because the reason for the refusal may no longer apply. If a very large number of songs has been
    /// refused, each call offers only some of them, and the next call offers others.
    /// </summary>
    public void OfferRefusedAgain()
    {
        _refused.RemoveWhere(hash => !Library.ByHash.ContainsKey(hash));
        _offered.IntersectWith(_refused);
        if (_offered.Count == _refused.Count)
            _offered.Clear();
        var next = _refused.Where(hash => !_offered.Contains(hash)).Take(MaxOfferedAtOnce).ToList();
        _offered.UnionWith(next);
        _shared = _shared.RemoveRange(next);
        _touched?.UnionWith(next);
    }

    /// <summary>Applies a change to the library.</summary>
    public void Apply(LibraryChanged changed)
    {
        Library = changed.Songs;
        if (changed.Touched is null)
            _touched = null;
        else
            _touched?.UnionWith(changed.Touched);
    }

    /// <summary>Applies ids and refusals from the tracker.</summary>
    /// <returns>True when a song is newly refused, or a refused song is accepted.</returns>
    public bool Apply(IEnumerable<AssignedSong> songs)
    {
        var isNews = false;
        foreach (var song in songs)
        {
            var hash = new ContentHash(song.ContentHash.Span);
            _unassigned?.Remove(hash);
            // The hash is checked because a tracker could name songs that this peer does not have.
            isNews |= song.Id == 0 ? IsOwn(hash) && _refused.Add(hash) : _refused.Remove(hash);
        }

        return isNews;
    }

    private bool IsOwn(ContentHash hash) => Library.ByHash.ContainsKey(hash) || _shared.ContainsKey(hash);

    /// <summary>
    /// Creates the next frame to send. Returns null if there is nothing to send, or if the last frame has not been sent yet
    /// (<see cref="FrameSent"/>).
    /// </summary>
    public byte[]? NextFrame()
    {
        if (IsHeld || _frameUnderWay || _phase is Phase.NotRequested or Phase.Postponed)
            return null;
        while (_frames is not null || Begin())
        {
            if (_frames!.MoveNext())
            {
                _frameUnderWay = true;
                return _frames.Current;
            }

            _frames = null;
        }

        return null;
    }

    /// <summary>Records that the operating system has accepted the last frame.</summary>
    public void FrameSent() => _frameUnderWay = false;

    // A song has changed if its tags, its hash or the depth of its feed differ. An id assigned by the tracker is not a change to report.
    private bool Begin()
    {
        _sent = Library;
        var touched = _touched;
        _touched = [];
        if (_phase == Phase.EverythingIsDue)
        {
            _phase = Phase.Changes;
            _shared = Library.ByHash;
            _unassigned = [.. _shared.Keys];
            _frames = ShareFrames.Complete(_shared.Values.Select(song => song.ToShared())).GetEnumerator();
            return true;
        }

        var added = (touched is null ? Library.ByHash.Values
            : touched.Select(hash => Library.ByHash.GetValueOrDefault(hash)).OfType<OwnSong>())
            .Where(song => !_shared.TryGetValue(song.File.Hash, out var known) || !known.File.Tags.Equals(song.File.Tags)
                || known.Feed?.Depth != song.Feed?.Depth)
            .ToList();
        var removed = (touched ?? _shared.Keys).Where(hash => _shared.ContainsKey(hash) && !Library.ByHash.ContainsKey(hash)).ToList();
        _shared = Library.ByHash;
        if (added.Count == 0 && removed.Count == 0)
            return false;
        _unassigned ??= [];
        _unassigned.UnionWith(added.Select(song => song.File.Hash));
        _refused.ExceptWith(removed);
        _unassigned.ExceptWith(removed);
        _frames = ShareFrames.Changes(added.Select(song => song.ToShared()), removed).GetEnumerator();
        return true;
    }
}
