using Akka.Actor;
using Akka.Remote;
using Akka.Remote.Serialization;
using Akka.Serialization;
using TspActors.Tracker.AkkaInternals;
using TspActors.Tracker.Clustering;

namespace TspActors.Tracker.Tests.AkkaInternals;

/// <summary>Checks what the tracker assumes about Akka's internals. A failure after an Akka update names the broken assumption.</summary>
public sealed class CanarySpecs : IDisposable
{
    private const string Remoting = """
        akka.loglevel = OFF
        akka.stdout-loglevel = OFF
        akka.actor.provider = remote
        akka.remote.dot-netty.tcp { hostname = 127.0.0.1, port = 0 }
        """;

    // An actor system with Akka's own serializers and defaults, without the tracker's settings.
    private readonly ExtendedActorSystem _plain = (ExtendedActorSystem)ActorSystem.Create("plain", Remoting);

    public void Dispose() => _plain.Terminate().Wait();

    [Fact]
    public void Akka_still_has_a_shutdown_reason_for_failed_handshakes()
    {
        var reason = Assert.Single(typeof(RemoteActorRefProvider).Assembly.GetTypes(), type => type.Name == ShutdownHold.HandshakeFailed);
        Assert.True(reason.IsSubclassOf(typeof(CoordinatedShutdown.Reason)));
    }

    [Fact]
    public void The_shutdown_phase_that_the_hold_uses_depends_on_no_other_phase() =>
        Assert.Empty(_plain.Settings.Config.GetStringList($"akka.coordinated-shutdown.phases.{ShutdownHold.Phase}.depends-on"));

    [Fact]
    public void The_JSON_serializer_has_identifier_1() =>
        Assert.Equal(RefusingSerializer.JsonIdentifier, new NewtonSoftJsonSerializer(_plain).Identifier);

    [Fact]
    public void The_replaced_serializers_still_have_the_expected_names()
    {
        var serializers = _plain.Settings.Config.GetConfig("akka.actor.serializers");
        Assert.All(
            [.. RefusingSerializer.ReplacedSerializers, MiscSerializerWithoutFailures.ReplacedSerializer],
            name => Assert.True(serializers.HasPath(name), name));
    }

    [Fact]
    public void The_misc_serializer_writes_failures_with_the_expected_manifest()
    {
        var misc = new MiscMessageSerializer(_plain);
        Assert.Equal(MiscSerializerWithoutFailures.MiscIdentifier, misc.Identifier);
        Assert.Equal(MiscSerializerWithoutFailures.FailureManifest, misc.Manifest(new Status.Failure(new InvalidOperationException())));
    }

    [Fact]
    public void A_message_between_trackers_fits_into_a_remoting_frame() =>
        Assert.True(2 * ClusterHocon.ChunkBytes < _plain.Settings.Config.GetByteSize("akka.remote.dot-netty.tcp.maximum-frame-size"));
}
