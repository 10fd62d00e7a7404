using TspActors.Protocol;
using TspActors.Tracker.Catalog;
using TspActors.Tracker.Relays;

namespace TspActors.Tracker.Calls;

/// <summary>The rules that decide which calls a tracker passes on.</summary>
internal static class CallRules
{
    /// <summary>
    /// Returns the reason to refuse a call before its requester's port is checked; null if there is none.
    /// </summary>
    /// <param name="place">The call.</param>
    /// <param name="catalog">The catalog.</param>
    /// <param name="arrangesRelays">Whether this tracker arranges relays.</param>
    public static Call? FindFault(PlaceCall place, CatalogSnapshot catalog, bool arrangesRelays = false)
    {
        var isRelay = place.Call.Way == CallWay.Relay && arrangesRelays;
        if (place.Call.Way != CallWay.Back && !isRelay)
            return CallRefusal.Because(ErrorCode.Unsupported, $"this tracker does not arrange calls of this kind ({place.Call.Way})");
        if (!isRelay && (!place.Requester.Features.HasFlag(PeerFeatures.Callable) || place.Requester.Port == 0))
            return CallRefusal.Because(ErrorCode.Forbidden, "this peer has not said that it can be called back");
        if (isRelay && !RelayRules.CanUse(place.Requester))
            return CallRefusal.Because(ErrorCode.Forbidden, "relays are only for peers that use TLS and announce relay support");
        if (place.Host == place.Requester.Id)
            return CallRefusal.Because(ErrorCode.BadRequest, "a peer cannot call itself");
        if (catalog.Find(place.SongId) is not { } song)
            return CallRefusal.Because(ErrorCode.UnknownSong, $"there is no song {place.SongId}");
        if (FindHost(place, song) is not { } host)
            return CallRefusal.Because(ErrorCode.NoHost, $"that peer does not host song {place.SongId}");
        return (isRelay ? RelayRules.CanHost(host) : host.IsCallable)
            ? null
            : CallRefusal.Because(ErrorCode.Forbidden, isRelay ? "that host cannot use a relay" : "that host cannot be called");
    }

    /// <summary>Returns the host that is called; null if it does not host the song.</summary>
    public static CatalogHost? FindHost(PlaceCall place, CatalogSnapshot catalog) =>
        catalog.Find(place.SongId) is { } song ? FindHost(place, song) : null;

    private static CatalogHost? FindHost(PlaceCall place, CatalogSong song) => song.Hosts.FirstOrDefault(host => host.Id == place.Host);
}
