using Akka.Actor;
using Akka.Event;
using TspActors.Gateway;
using TspActors.Transport;

namespace TspActors.Peer.Serving;

/// <summary>Starts a peer's gateway.</summary>
internal static class PeerGateway
{
    // The gateway limits its own fetches, but a few earlier ones may still be stopping.
    private const int EndingFetches = 8;

    /// <summary>Starts the gateway if it is enabled.</summary>
    /// <param name="system">The peer's actor system.</param>
    /// <param name="settings">The peer's settings.</param>
    /// <param name="peer">The components of the peer that the gateway uses.</param>
    /// <returns>The gateway; null if it is off, or its default port is taken.</returns>
    /// <exception cref="ListenException">The configured port cannot be opened.</exception>
    /// <exception cref="IOException">The data folder or the certificate cannot be used.</exception>
    public static async Task<GatewayServer?> StartAsync(ActorSystem system, PeerSettings settings, ServedPeer peer)
    {
        if (!settings.Http.Enabled)
            return null;
        // A fetch waits for busy hosts for as long as its HTTP request does.
        var listening = settings.Listening with { BusyTimeout = settings.Http.Media.BusyWait };
        var port = system.ActorOf(
            GatewayPortActor.Props(peer, listening, settings.Http.Media.MaxFetches + EndingFetches), "gateway-port");
        try
        {
            return await GatewayServer.StartAsync(system, port, settings.Http, settings.DataFolder).ConfigureAwait(false);
        }
        catch (ListenException error) when (!settings.Http.IsPortChosen)
        {
            system.Stop(port);
            system.Log.Warning("{0}. This peer continues without the gateway", error.Message);
            return null;
        }
    }

    /// <summary>Returns the lines that tell the user about a running gateway.</summary>
    public static IEnumerable<string> Describe(GatewayServer gateway)
    {
        if (gateway.Notice is { } notice)
            yield return $"warning: {notice}";
        yield return $"gateway ready on {gateway.Url}";
        if (gateway.CreateLoginLink() is var link && link != gateway.Url)
            yield return $"to log in with a browser, open this link within 10 minutes: {link}";
    }
}
