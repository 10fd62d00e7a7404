namespace TspActors.Transport.Server;

/// <summary>From a connection to the server: the connection is now in use, or no longer in use, as <see cref="Seats{T}"/> defines
/// it.</summary>
internal sealed record SeatUsed(bool InUse) : ILocalMessage;

/// <summary>From the server to an unused connection: close, because a new connection needs the seat.</summary>
internal sealed record GiveWay : ILocalMessage
{
    public static readonly GiveWay Instance = new();
}
