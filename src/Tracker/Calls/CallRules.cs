using TspActors.Protocol;
using TspActors.Tracker.Catalog;

namespace TspActors.Tracker.Calls;

/// <summary>Which calls a tracker passes on.</summary>
internal static class CallRules
{
    /// <summary>Returns why a call is refused before its requester's port is looked at; null if it is not.</summary>
    public static Call? FindFault(PlaceCall place, CatalogSnapshot catalog)
    {
        if (place.Call.Way != CallWay.Back)
            return CallRefusal.Because(ErrorCode.Unsupported, $"this tracker does not arrange calls of the way {place.Call.Way}");
        if (!place.Requester.Features.HasFlag(PeerFeatures.Callable) || place.Requester.Port == 0)
            return CallRefusal.Because(ErrorCode.Forbidden, "this peer has not said that it can be called back");
        if (place.Host == place.Requester.Id)
            return CallRefusal.Because(ErrorCode.BadRequest, "a peer cannot call itself");
        if (catalog.Find(place.SongId) is not { } song)
            return CallRefusal.Because(ErrorCode.UnknownSong, $"there is no song {place.SongId}");
        if (song.Hosts.FirstOrDefault(host => host.Id == place.Host) is not { } host)
            return CallRefusal.Because(ErrorCode.NoHost, $"that peer does not host song {place.SongId}");
        return host.IsCallable ? null : CallRefusal.Because(ErrorCode.Forbidden, "that host cannot be called");
    }
}
