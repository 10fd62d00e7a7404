using System.Collections.Immutable;
using Akka.Actor;
using TspActors.Protocol;
using TspActors.Tracker.Catalog;

namespace TspActors.Tracker.Clustering;

/// <summary>A share whose new songs still need ids from the cluster.</summary>
internal sealed class ResolvingShare
{
    private const string CutOff = "this tracker cannot reach enough of the others of its cluster now to take new songs; offer it again in a while";

    private readonly ApplyShare _apply;
    private readonly Queue<WantedId> _unknown;

    public ResolvingShare(ApplyShare apply, IActorRef peer, IActorRef tracker, IdTable table, TimeSpan deadline)
    {
        _apply = apply;
        (Peer, Tracker, Deadline) = (peer, tracker, deadline);
        _unknown = new Queue<WantedId>(apply.Share.Added
            .Where(song => song.Refusal is null && table.FindCertain(song.Hash) == 0)
            .DistinctBy(song => song.Hash)
            .Select(song => new WantedId(song.Hash, song.LastId)));
    }

    /// <summary>Who is answered.</summary>
    public IActorRef Peer { get; }

    /// <summary>Who applies it.</summary>
    public IActorRef Tracker { get; }

    /// <summary>When its songs are refused, by the clock of the one who waits.</summary>
    public TimeSpan Deadline { get; }

    /// <summary>True when no id is missing.</summary>
    public bool IsResolved => _unknown.Count == 0;

    /// <summary>The next songs to ask for.</summary>
    public IReadOnlyList<WantedId> Next() => [.. _unknown.Take(IdWire.MostEntries)];

    /// <summary>Those of them that are known by now need no more asking.</summary>
    public void Known(IdTable table)
    {
        while (_unknown.TryPeek(out var song) && table.FindCertain(song.Hash) != 0)
            _unknown.Dequeue();
    }

    /// <summary>The share with the cluster's ids; songs that have none are refused.</summary>
    public ApplyShare Resolve(IdTable table) => _apply with
    {
        HasIds = true,
        Share = _apply.Share with { Added = [.. _apply.Share.Added.Select(song => WithId(song, table))] },
    };

    private static OfferedSong WithId(OfferedSong song, IdTable table) =>
        song.Refusal is not null ? song
        : table.FindCertain(song.Hash) is > 0 and var id ? song with { LastId = id, HasId = true }
        : song with { Refusal = CutOff };
}
