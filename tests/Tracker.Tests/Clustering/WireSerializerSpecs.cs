using System.Runtime.Serialization;
using Akka.Actor;
using Akka.Configuration;
using Akka.Dispatch.SysMsg;
using Akka.Routing;
using Akka.Serialization;
using Google.Protobuf;
using TspActors.Tracker.Clustering;
using TspActors.Tracker.Clustering.Wire;

namespace TspActors.Tracker.Tests.Clustering;

public sealed class WireSerializerSpecs : IDisposable
{
    private readonly ActorSystem _system = ActorSystem.Create("wire", ClusterHocon.For(new ClusterSettings { Port = 0 }));

    public static TheoryData<Type> Messages => [.. typeof(ShardUpdate).Assembly.GetTypes().Where(type =>
        type is { Namespace: "TspActors.Tracker.Clustering.Wire", IsClass: true } && WireSerializer.Types.Contains(type))];

    public void Dispose() => _system.Terminate().Wait();

    [Theory]
    [MemberData(nameof(Messages))]
    public void An_empty_message_of_every_type_survives_a_round_trip(Type type)
    {
        var message = (IMessage)Activator.CreateInstance(type)!;
        var serializer = Assert.IsType<WireSerializer>(_system.Serialization.FindSerializerFor(message));

        Assert.Equal(message, serializer.FromBinary(serializer.ToBinary(message), serializer.Manifest(message)));
    }

    [Fact]
    public void A_message_with_nested_messages_survives_a_round_trip()
    {
        var message = new ShardUpdate
        {
            Subscription = 1,
            Number = 2,
            Generation = 3,
            Position = 4,
            SnapshotEnds = true,
            Changes = { new ShardChange { PeerId = ByteString.CopyFrom(Samples.Peer(1).ToArray()), Stamp = 5,
                Songs = new ShardSongs { Gone = { 6 }, Put = { new ShardSong { Id = 7, Facts = ByteString.CopyFrom(8) } } } } },
            Tracker = new TrackerNotice { Address = "localhost:7070", Draining = true },
        };

        Assert.Equal(message, _system.Serialization.Deserialize(_system.Serialization.Serialize(message), WireSerializer.Id, "chunk"));
    }

    [Fact]
    public void Unknown_manifests_are_refused_and_truncated_bytes_cause_no_other_exception()
    {
        Assert.Throws<SerializationException>(() => _system.Serialization.Deserialize([], WireSerializer.Id, "other"));
        var bytes = new AllotIds { Request = 1, Wanted = { IdWire.Entry(Samples.Hash(1), 2) } }.ToByteArray();
        for (var length = 1; length < bytes.Length; length++)
        {
            var cut = bytes[..length];
            try
            {
                // Some prefixes of a message are valid messages.
                Assert.NotNull(_system.Serialization.Deserialize(cut, WireSerializer.Id, "allot"));
            }
            catch (SerializationException)
            {
            }
        }
    }

    [Fact]
    public void No_object_is_created_from_a_type_name()
    {
        var json = System.Text.Encoding.UTF8.GetBytes("""{"$type":"System.IO.FileInfo, System.Private.CoreLib","fileName":"x"}""");

        Assert.Throws<SerializationException>(() => _system.Serialization.Deserialize(json, 1, ""));
        Assert.Throws<SerializationException>(() => _system.Serialization.Serialize(new Version(1, 2)));
        Assert.Throws<SerializationException>(() => _system.Serialization.Deserialize([], 16, "STF"));
    }

    [Theory]
    [InlineData(2)] // Akka's protobuf serializer, which creates messages by type name.
    [InlineData(3)] // The serializer for requests from other nodes to create actors here.
    public void Akka_messages_that_carry_type_names_are_refused(int serializer) =>
        Assert.ThrowsAny<Exception>(() => _system.Serialization.Deserialize([], serializer, "System.Version, System.Private.CoreLib"));

    [Fact]
    public void Messages_that_control_actors_or_carry_settings_or_exceptions_are_refused()
    {
        foreach (var message in new object[] { PoisonPill.Instance, Kill.Instance, new RemoteScope(Address.Parse("akka.tcp://a@b:1")),
            FromConfig.Instance, new Config(), new Status.Failure(new InvalidOperationException()) })
        {
            var serializer = (SerializerWithStringManifest)_system.Serialization.FindSerializerFor(message);
            var (bytes, manifest) = (serializer.ToBinary(message), serializer.Manifest(message));
            Assert.Throws<SerializationException>(() => _system.Serialization.Deserialize(bytes, serializer.Identifier, manifest));
        }

        foreach (var message in new SystemMessage[] { new Terminate(), new Suspend(), new Resume(null), new Recreate(null) })
        {
            var serializer = _system.Serialization.FindSerializerFor(message);
            Assert.Throws<SerializationException>(() => serializer.FromBinary([], message.GetType()));
        }
    }
}
