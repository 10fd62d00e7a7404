using System.Net;

namespace TspActors.Peer.Reaching;

/// <summary>A way to a host.</summary>
internal abstract record HostWay
{
    /// <summary>A human-readable description of the way.</summary>
    public abstract string Text { get; }

    /// <summary>Directly, to the address and port that the tracker lists.</summary>
    internal sealed record Direct : HostWay
    {
        public static readonly Direct Instance = new();

        /// <inheritdoc/>
        public override string Text => "direct";
    }

    /// <summary>To an endpoint on this peer's own network.</summary>
    /// <param name="EndPoint">The endpoint, which has a private address.</param>
    internal sealed record Local(IPEndPoint EndPoint) : HostWay
    {
        /// <inheritdoc/>
        public override string Text => "on the local network";
    }

    /// <summary>The host connects to this peer.</summary>
    internal sealed record CalledBack : HostWay
    {
        public static readonly CalledBack Instance = new();

        /// <inheritdoc/>
        public override string Text => "by callback";
    }

    /// <summary>The host and this peer connect to a relay, which passes on encrypted bytes.</summary>
    internal sealed record Relayed : HostWay
    {
        public static readonly Relayed Instance = new();

        /// <inheritdoc/>
        public override string Text => "through a relay";
    }
}
