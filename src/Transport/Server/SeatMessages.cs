using System.Net;

namespace TspActors.Transport.Server;

/// <summary>From a connection to the server: its session has started or stopped using it (<see cref="Seats{T}"/>).</summary>
internal sealed record SeatUsed(IPAddress Address, bool InUse) : ILocalMessage;

/// <summary>From the server to an unused connection: close, because the server is full and a new connection has arrived.</summary>
internal sealed record GiveWay : ILocalMessage
{
    public static readonly GiveWay Instance = new();
}
