using Akka.Actor;
using TspActors.Gateway.Covers;
using TspActors.Gateway.Library;
using TspActors.Gateway.Live;
using TspActors.Gateway.Media;
using TspActors.Gateway.Security;
using TspActors.Gateway.Storage;

namespace TspActors.Gateway;

/// <summary>The components of a running gateway that its endpoints use.</summary>
internal sealed record GatewayComponents
{
    public required GatewaySettings Settings { get; init; }

    public required IMusicLibrary Library { get; init; }

    public required LiveFeeds Feeds { get; init; }

    /// <summary>The peers that share songs or live feeds.</summary>
    public SharingPeers Sharing => new(Library, Feeds);

    public required LiveRadio Radio { get; init; }

    public required IUserData UserData { get; init; }

    public required IMediaResponder Media { get; init; }

    public required ICovers Covers { get; init; }

    public required IGatekeeper Gatekeeper { get; init; }

    /// <summary>The peer's actor, which handles the messages in TspActors.Gateway.Swarm.</summary>
    public required IActorRef Peer { get; init; }

    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>The program's version, for clients.</summary>
    public string Version { get; init; } = "0.0.0";
}
