using Akka.Actor;

namespace TspActors.Peer.Tracking;

/// <summary>The connections to trackers that there are at the same time: the one in use, one that is tried beside it, and, after a move, the one before.</summary>
internal sealed class LinkSlots
{
    /// <summary>The one in use, or that is to be; null while there is none.</summary>
    public LinkConnection? Current { get; private set; }

    /// <summary>One that is tried beside it, to move there.</summary>
    public LinkConnection? Next { get; private set; }

    /// <summary>The one before a move, until the peer's songs are known at the new one.</summary>
    public LinkConnection? Former { get; private set; }

    public bool IsRegistered => Current is { IsRegistered: true };

    /// <summary>True when none is beside the one in use.</summary>
    public bool IsSettled => Next is null && Former is null;

    public IReadOnlyList<LinkConnection> All => [.. new[] { Former, Next, Current }.OfType<LinkConnection>()];

    /// <summary>The one whose TspConnectionActor that is.</summary>
    public LinkConnection? Of(IActorRef actor) =>
        actor.Equals(Current?.Actor) ? Current : actor.Equals(Next?.Actor) ? Next : actor.Equals(Former?.Actor) ? Former : null;

    public void Use(LinkConnection link) => Current = link;

    public void Try(LinkConnection link) => Next = link;

    /// <summary>The one that was tried takes over.</summary>
    public void Move() => (Former, Current, Next) = (Current, Next, null);

    /// <summary>The one in use is going down: it stays as the one before a move, and never takes its place again.</summary>
    public void Drain()
    {
        Current!.IsDraining = true;
        (Former, Current, Next) = (Current, Next, null);
    }

    /// <summary>Takes one out. Where it was the one in use, the former one takes its place again, or the one that is tried.</summary>
    /// <returns>True when it was the one in use.</returns>
    public bool Remove(LinkConnection link)
    {
        if (link == Former)
            Former = null;
        else if (link == Next)
            Next = null;
        if (link != Current)
            return false;
        if (Former is { IsDraining: false })
            (Current, Former) = (Former, null);
        else
            (Current, Next) = (Next, null);
        return true;
    }

    /// <summary>Takes out all but the one in use.</summary>
    public IReadOnlyList<LinkConnection> RemoveOthers()
    {
        IReadOnlyList<LinkConnection> others = [.. All.Where(link => link != Current)];
        (Next, Former) = (null, null);
        return others;
    }
}
