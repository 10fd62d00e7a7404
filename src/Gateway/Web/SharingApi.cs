using System.Text.Json.Nodes;
using TspActors.Gateway.Library;
using TspActors.Protocol;

namespace TspActors.Gateway.Web;

/// <summary>API calls for the peers that share songs or live feeds.</summary>
internal static class SharingApi
{
    public static void Map(ApiRoutes api)
    {
        var peers = api.Components.Sharing;
        var loads = new PeerLoads(peers, api.Components.Peer, api.Components.Time);
        // The id of the gateway's own peer, which never changes while the peer is running.
        string? own = null;
        api.Read("peers", async call =>
        {
            var page = peers.Page(call.Offset, call.Count);
            own ??= (await ApiJson.ReportAsync(call.Components).ConfigureAwait(false)).PeerId;
            var items = await loads.UpdateAsync(page.Items).ConfigureAwait(false);
            return ApiJson.Page(page with { Items = items }, call.Offset, peer => ApiJson.Peer(peer, own));
        });
        api.Read("peers/{id}", async call =>
        {
            var peer = peers.Find(IdOf(call)) ?? throw ApiCall.NotFound("sharing peer");
            own ??= (await ApiJson.ReportAsync(call.Components).ConfigureAwait(false)).PeerId;
            peer = (await loads.UpdateAsync([peer]).ConfigureAwait(false))[0];
            var json = ApiJson.Peer(peer, own);
            json["feedList"] = ApiJson.List(peer.Feeds, feed => ApiJson.Feed(call.Components, feed));
            return json;
        });
        api.Read("peers/{id}/songs", call => ApiJson.Page(
            call.Components.Library.SongsOfPeer(IdOf(call), call.Walk($"peer {call.Path("id")}"), call.Offset, call.Count), call.Offset,
            song => ApiJson.Song(call.Components, song)));
    }

    private static PeerId IdOf(ApiCall call) => PeerId.TryParse(call.Path("id"), out var id) ? id : throw ApiCall.NotFound("peer");
}
