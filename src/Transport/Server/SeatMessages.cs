using System.Net;

namespace TspActors.Transport.Server;

/// <summary>From a connection to the server: whether the session uses the connection now.</summary>
internal sealed record SeatUsed(IPAddress Address, bool InUse) : ILocalMessage;

/// <summary>From the server to an unused connection: a newer connection needs its seat.</summary>
internal sealed record GiveWay : ILocalMessage
{
    public static readonly GiveWay Instance = new();
}
