using System.Collections.Immutable;
using TspActors.Peer.Library;
using TspActors.Protocol;

namespace TspActors.Peer.Tracking;

/// <summary>Decides what is to be shared next: first everything, once the tracker has asked for it, then the changes; one frame at a time.</summary>
internal sealed class ShareProgress
{
    /// <summary>Marks the frames that were made here, so that the next one is made when they are taken.</summary>
    public const string Token = "share";

    private const int MostOffered = 5_000;

    private readonly HashSet<ContentHash> _refused = [];
    private readonly HashSet<ContentHash> _offered = [];
    private OwnSongs _library = OwnSongs.None;
    private OwnSongs? _told;
    private IEnumerator<byte[]>? _frames;
    private ImmutableDictionary<ContentHash, OwnSong> _shared = ImmutableDictionary<ContentHash, OwnSong>.Empty;
    private HashSet<ContentHash>? _touched = [];
    private HashSet<ContentHash>? _unassigned;
    private bool _requested;
    private bool _known;
    private bool _frameUnderWay;
    private bool _postponed;

    /// <summary>Songs that the tracker did not take, or not yet.</summary>
    public int Refused => _refused.Count;

    /// <summary>Songs that were shared.</summary>
    public int Count => _shared.Count;

    /// <summary>The tracker asked for everything.</summary>
    public void Requested()
    {
        _requested = true;
        _postponed = false;
        _frames = null;
        _shared = ImmutableDictionary<ContentHash, OwnSong>.Empty;
        _known = false;
        _told = null;
        _refused.Clear();
        _offered.Clear();
    }

    /// <summary>Something was shared that has got neither an id nor a refusal yet.</summary>
    public bool IsAnswerOwed => _unassigned is { Count: > 0 };

    /// <summary>The tracker takes nothing for now: what it has not taken counts as refused, until everything is shared anew (<see cref="Requested"/>).</summary>
    public void Postpone()
    {
        _requested = false;
        _postponed = true;
        _frames = null;
        if (_unassigned is not null)
            _refused.UnionWith(_unassigned);
        _unassigned = null;
    }

    /// <summary>What was refused is to be offered once more, as the reason may be gone; of very many songs a part, each in its turn.</summary>
    public void OfferRefusedAgain()
    {
        _refused.RemoveWhere(hash => !_library.ByHash.ContainsKey(hash));
        _offered.IntersectWith(_refused);
        if (_offered.Count == _refused.Count)
            _offered.Clear();
        var next = _refused.Where(hash => !_offered.Contains(hash)).Take(MostOffered).ToList();
        _offered.UnionWith(next);
        _shared = _shared.RemoveRange(next);
        _touched?.UnionWith(next);
    }

    /// <summary>The library is another one now.</summary>
    public void Library(LibraryChanged changed)
    {
        _library = changed.Songs;
        if (changed.Touched is null)
            _touched = null;
        else
            _touched?.UnionWith(changed.Touched);
    }

    /// <summary>The next frame to send; null when there is nothing to say, or the last one is still on its way (call it again when that is taken).</summary>
    public byte[]? Next()
    {
        if (!_requested || _frameUnderWay)
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

    /// <summary>The last frame was taken; there may be a next one.</summary>
    public void Taken() => _frameUnderWay = false;

    /// <summary>True when everything that is to be shared is, and has got its id or its refusal; or the tracker takes nothing for now.</summary>
    public bool IsComplete => _postponed || (_requested && _frames is null && !_frameUnderWay && _unassigned is not { Count: > 0 } && ReferenceEquals(_told, _library));

    /// <summary>Ids or refusals have come.</summary>
    /// <returns>True when a song is refused that was not, or taken that was refused.</returns>
    public bool Assigned(IEnumerable<AssignedSong> songs)
    {
        var isNews = false;
        foreach (var song in songs)
        {
            var hash = new ContentHash(song.ContentHash.Span);
            _unassigned?.Remove(hash);
            isNews |= song.Id == 0 ? _refused.Add(hash) : _refused.Remove(hash);
        }

        return isNews;
    }

    // What is compared is the file's tags and hash: an id that has come back from the tracker is no change to tell it.
    private bool Begin()
    {
        _told = _library;
        var touched = _touched;
        _touched = [];
        if (!_known)
        {
            _known = true;
            _shared = _library.ByHash;
            _unassigned = [.. _shared.Keys];
            _frames = ShareFrames.Complete(_shared.Values.Select(song => song.ToShared())).GetEnumerator();
            return true;
        }

        var added = (touched is null ? _library.ByHash.Values : touched.Select(hash => _library.ByHash.GetValueOrDefault(hash)).OfType<OwnSong>())
            .Where(song => !_shared.TryGetValue(song.File.Hash, out var known) || !known.File.Tags.Equals(song.File.Tags))
            .ToList();
        var removed = (touched ?? _shared.Keys).Where(hash => _shared.ContainsKey(hash) && !_library.ByHash.ContainsKey(hash)).ToList();
        _shared = _library.ByHash;
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
