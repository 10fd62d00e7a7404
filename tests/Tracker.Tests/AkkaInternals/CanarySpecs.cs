using Akka.Actor;
using Akka.Remote;
using Akka.Remote.Serialization;
using Akka.Serialization;
using TspActors.Tracker.AkkaInternals;
using TspActors.Tracker.Clustering;

namespace TspActors.Tracker.Tests.AkkaInternals;

/// <summary>Checks the tracker's assumptions about Akka's internals. A failure after an Akka update names the broken assumption.</summary>
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
            [
                .. RefusingSerializer.ReplacedSerializers, RestrictedMiscSerializer.ReplacedSerializer,
                RestrictedSystemSerializer.ReplacedSerializer,
            ],
            name => Assert.True(serializers.HasPath(name), name));
    }

    [Fact]
    public void The_restricted_serializers_have_the_identifiers_of_the_serializers_that_they_replace()
    {
        Assert.Equal(RestrictedMiscSerializer.MiscIdentifier, new MiscMessageSerializer(_plain).Identifier);
        Assert.Equal(RestrictedSystemSerializer.SystemIdentifier, new SystemMessageSerializer(_plain).Identifier);
    }

    [Fact]
    public void The_allowed_manifests_still_belong_to_the_messages_that_clustering_needs()
    {
        var misc = new MiscMessageSerializer(_plain);
        object[] needed =
        [
            new Identify("id"), new ActorIdentity("id", null), _plain.DeadLetters, RemoteWatcher("Heartbeat"), RemoteWatcher("HeartbeatRsp", 1),
            new Status.Success("ok"),
        ];
        Assert.Equal(RestrictedMiscSerializer.Allowed, needed.Select(misc.Manifest));
    }

    // Akka keeps these types internal.
    private static object RemoteWatcher(string name, params object[] arguments)
    {
        var type = typeof(RemoteActorRefProvider).Assembly.GetType($"Akka.Remote.RemoteWatcher+{name}", throwOnError: true)!;
        return type.GetProperty("Instance")?.GetValue(null) ?? Activator.CreateInstance(type, arguments)!;
    }

    [Fact]
    public void A_message_between_trackers_fits_into_a_remoting_frame() =>
        Assert.True(2 * ClusterHocon.ChunkBytes < _plain.Settings.Config.GetByteSize("akka.remote.dot-netty.tcp.maximum-frame-size"));
}
