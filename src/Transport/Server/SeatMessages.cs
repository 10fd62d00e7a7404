using System.Net;

namespace TspActors.Transport.Server;

/// <summary>To the server, from a connection: its session needs the link, or no longer.</summary>
internal sealed record SeatUsed(IPAddress Address, bool InUse) : ILocalMessage;

/// <summary>To a connection, from the server: a newer one needs the seat of this one, which nobody uses.</summary>
internal sealed record GiveWay : ILocalMessage
{
    public static readonly GiveWay Instance = new();
}
