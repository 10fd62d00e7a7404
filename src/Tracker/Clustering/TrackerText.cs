using Akka.Actor;
using TspActors.Configuration;

namespace TspActors.Tracker.Clustering;

/// <summary>Writes and reads the cluster addresses of trackers as host:port, as in the settings.</summary>
internal static class TrackerText
{
    /// <summary>Returns the host:port of a tracker's cluster port.</summary>
    public static string Of(Address tracker) => HostPort.Format(tracker.Host ?? "", tracker.Port ?? 0);

    /// <summary>Returns the addresses that another tracker has sent; invalid ones are left out.</summary>
    /// <param name="texts">The addresses, as host:port.</param>
    /// <param name="self">This tracker, which has the same protocol and system name.</param>
    /// <param name="most">The maximum number of addresses.</param>
    public static IReadOnlyList<Address> Parse(IEnumerable<string> texts, Address self, int most) =>
    [
        .. texts.Take(most).Where(text => text.Length < 300)
            .Select(text => Address.TryParse($"{self.Protocol}://{self.System}@{text}", out var address) ? address : null)
            .OfType<Address>(),
    ];
}
