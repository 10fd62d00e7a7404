using TspActors.Protocol;

namespace TspActors.Tracker.Peers;

/// <summary>Formats the address at which peers reach a tracker: host:port, or tsps://host:port#key-id if it accepts TLS.</summary>
internal static class TrackerAddressText
{
    private const string Scheme = "tsps://";

    /// <summary>Returns a tracker's address.</summary>
    /// <param name="endpoint">The tracker's host:port.</param>
    /// <param name="key">The id of its TLS key; null = it does not accept TLS.</param>
    public static string Of(string endpoint, KeyId? key) => key is { } id ? $"{Scheme}{endpoint}#{id}" : endpoint;

    /// <summary>Returns an address in the form that a peer understands: only host:port if the peer does not speak TLS.</summary>
    public static string For(string place, bool isSecure)
    {
        if (isSecure || !place.StartsWith(Scheme, StringComparison.Ordinal))
            return place;
        var end = place.IndexOf('#', StringComparison.Ordinal);
        return end < 0 ? place : place[Scheme.Length..end];
    }
}
