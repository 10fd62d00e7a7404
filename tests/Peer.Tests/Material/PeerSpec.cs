using Akka.Actor;
using Akka.Configuration;
using Akka.TestKit.Xunit2;
using TspActors.Transport;
using Xunit.Abstractions;

namespace TspActors.Peer.Tests.Material;

/// <summary>
/// Base class with an actor system that is configured for the transport, a temporary folder, and transport settings whose deadlines are
/// too long to expire by accident.
/// </summary>
public abstract class PeerSpec(ITestOutputHelper output) : TestKit(Hocon, output: output)
{
    private static readonly Config Hocon = ConfigurationFactory.ParseString(TspTransport.Hocon + """

        akka.loglevel = WARNING
        akka.log-dead-letters = off
        akka.test.single-expect-default = 30s
        akka.test.timefactor = 1.0
        """);

    private protected static readonly TransportSettings Patient = new()
    {
        ReadBufferBytes = 64 * 1024,
        FirstFrameTimeout = TimeSpan.FromMinutes(1),
        IdleTimeout = TimeSpan.FromMinutes(1),
        StalledWriterTimeout = TimeSpan.FromMinutes(1),
        CloseTimeout = TimeSpan.FromMinutes(1),
        ConnectTimeout = TimeSpan.FromMinutes(1),
    };

    private protected static readonly TimeSpan Soon = TimeSpan.FromMilliseconds(200);

    private protected static readonly TimeSpan Never = TimeSpan.FromMinutes(10);

    private protected TempFolder Folder { get; } = new();

    /// <summary>Returns the current children of an actor.</summary>
    private protected static IReadOnlyList<IActorRef> ChildrenOf(IActorRef parent) => [.. ((ActorRefWithCell)parent).Children];

    protected override void AfterAll()
    {
        base.AfterAll();
        Folder.Dispose();
    }
}
