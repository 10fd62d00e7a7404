using Akka.Actor;
using Akka.Event;

namespace TspActors.Transport.Connections;

/// <summary>Handles one <see cref="ProveLife"/>: finds out whether the remote end is alive, and replies.</summary>
/// <remarks>
/// In an overloaded program, a reply from the remote end may still be in the socket, or on its way from Akka.IO. A second check gives
/// that reply time to arrive.
/// </remarks>
internal sealed class LifeCheck(IActorRef askedBy)
{
    private static readonly TimeSpan SecondLookAfter = TimeSpan.FromMilliseconds(500);

    private int _looks;

    /// <summary>Replies that the remote end is alive.</summary>
    public void Confirm() => askedBy.Tell(LifeShown.Instance);

    /// <summary>Checks the connection, and replies if the result is known.</summary>
    /// <param name="hasUnreadInput">True if bytes from the remote end are waiting to be read.</param>
    /// <returns>How long to wait before checking again; null = the reply has been sent.</returns>
    public TimeSpan? Look(bool hasUnreadInput)
    {
        if (!hasUnreadInput && _looks++ == 0)
            return SecondLookAfter;
        askedBy.Tell(hasUnreadInput ? LifeShown.Instance : NoLifeShown.Instance);
        return null;
    }

    /// <summary>To the connection: it is time to check again.</summary>
    internal sealed record TimeToLook : ILocalMessage, IDeadLetterSuppression
    {
        public static readonly TimeToLook Instance = new();
    }
}
