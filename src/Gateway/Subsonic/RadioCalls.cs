using TspActors.Gateway.Security;

namespace TspActors.Gateway.Subsonic;

/// <summary>Calls for Internet radio stations. In this API, live feeds appear as stations.</summary>
internal static class RadioCalls
{
    public static Element Stations(Api api, SubsonicRequest request)
    {
        var address = new PublicAddress(api.Components.Settings).Of(request.Context);
        // Players open the URL without the API parameters, so it needs a credential of its own.
        var token = api.Components.Gatekeeper.MediaToken(request.Caller);
        var suffix = token.Length > 0 ? ".mp3?k=" + token : ".mp3";
        return new Element("internetRadioStations").AddList("internetRadioStation", api.Components.Feeds.All.Select(
            feed => new Element("internetRadioStation").Set("id", feed.Id).Set("name", feed.Name)
                .Set("streamUrl", $"{address}/live/{feed.Id}{suffix}").Set("homePageUrl", address + "/")));
    }

    /// <summary>Refuses to change a station. Stations come from the swarm, so no client can change them.</summary>
    public static Element Refuse(Api api, SubsonicRequest request) =>
        throw new SubsonicException(SubsonicError.NotAllowed, "stations are the swarm's live feeds; only peers can create them");
}
