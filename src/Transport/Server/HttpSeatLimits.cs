namespace TspActors.Transport.Server;

/// <summary>The limits of <see cref="HttpSeats"/>.</summary>
/// <param name="Total">The maximum number of open connections.</param>
/// <param name="OfAddress">The maximum number of open connections from one address, or from one IPv6 /64.</param>
/// <param name="ForLoopback">How many of the connections are reserved for this machine.</param>
/// <param name="ClosesBusy">Whether a connection with a running request may be closed to make room if no connection is idle.</param>
public sealed record HttpSeatLimits(int Total, int OfAddress, int ForLoopback = 0, bool ClosesBusy = false);
