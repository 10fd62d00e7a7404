using System.Collections.Immutable;
using Akka.Actor;
using TspActors.Protocol;
using TspActors.Tracker.Catalog;

namespace TspActors.Tracker.Clustering;

/// <summary>A batch of a share whose new songs still need ids from the cluster.</summary>
internal sealed class ResolvingShare
{
    private const string CutOff =
        "this tracker cannot reach enough of its cluster's trackers to accept a new song; share the song again later";

    private readonly ResolveIds _request;
    private readonly HashSet<ContentHash> _contradicted = [];
    private Queue<WantedId> _unknown;

    /// <param name="request">The batch.</param>
    /// <param name="tracker">The TrackerActor, which will apply the batch.</param>
    /// <param name="table">The ids that this tracker knows.</param>
    /// <param name="deadline">The time at which songs that still have no id are refused.</param>
    public ResolvingShare(ResolveIds request, IActorRef tracker, IdTable table, TimeSpan deadline)
    {
        (_request, Tracker, Deadline) = (request, tracker, deadline);
        _unknown = new Queue<WantedId>(request.Share.Added
            .Where(song => song.Refusal is null && table.FindCertain(song.Hash) == 0)
            .DistinctBy(song => song.Hash)
            .Select(song => Wanted(song, table)));
    }

    /// <summary>The TrackerActor, which will apply the batch.</summary>
    public IActorRef Tracker { get; }

    /// <summary>The time, by the IdReplicaActor's clock, at which songs that still have no id are refused.</summary>
    public TimeSpan Deadline { get; }

    /// <summary>True when no id is missing.</summary>
    public bool IsResolved => _unknown.Count == 0;

    /// <summary>Returns the next songs whose ids must be requested.</summary>
    public IReadOnlyList<WantedId> Next() => [.. _unknown.Take(IdWire.MaxEntries)];

    /// <summary>Drops songs at the front of the queue whose ids are known by now.</summary>
    public void DropKnown(IdTable table)
    {
        while (_unknown.TryPeek(out var song) && table.FindCertain(song.Hash) != 0)
            _unknown.Dequeue();
    }

    /// <summary>
    /// Refuses songs whose allotted ids contradict the ids that this tracker knows. Requesting their ids again would yield the same ids.
    /// </summary>
    public void RefuseContradicted(IReadOnlyCollection<ContentHash> songs)
    {
        _contradicted.UnionWith(songs);
        _unknown = new Queue<WantedId>(_unknown.Where(song => !_contradicted.Contains(song.Hash)));
    }

    /// <summary>Returns the batch with the cluster's ids. Songs without one are refused.</summary>
    public ApplyResolvedShare Resolve(IdTable table) => new(
        _request.Peer,
        _request.Share with { Added = [.. _request.Share.Added.Select(song => WithId(song, table))] },
        _request.PeerActor,
        table.Counter);

    // An id that this tracker remembers from an earlier membership is as good as a receipt, unless strangers may have made it up.
    private static WantedId Wanted(OfferedSong song, IdTable table) =>
        table.Find(song.Hash) is > 0 and var known && known <= table.Counter
            ? new WantedId(song.Hash, known, IsProven: true)
            : new WantedId(song.Hash, song.LastId, song.IsProven);

    private OfferedSong WithId(OfferedSong song, IdTable table) =>
        song.Refusal is not null ? song
        : table.FindCertain(song.Hash) is > 0 and var id ? song with { LastId = id, HasId = true }
        : song with { Refusal = _contradicted.Contains(song.Hash) ? SongRegistry.Disagreement : CutOff };
}
