using System.Runtime.Serialization;
using Akka.Actor;
using Akka.Remote.Serialization;
using Akka.Serialization;
using Google.Protobuf;
using TspActors.Tracker.Clustering.Wire;

namespace TspActors.Tracker.Clustering;

/// <summary>What trackers say to each other, as protobuf: a fixed set of messages, each with a short name; nothing else is read.</summary>
/// <param name="system">The actor system that it belongs to.</param>
internal sealed class WireSerializer(ExtendedActorSystem system) : SerializerWithStringManifest(system)
{
    internal const int Id = 7071;

    private static readonly (string Manifest, MessageParser Parser)[] Messages =
    [
        ("sub", SubscribeShard.Parser), ("chunk", ShardUpdate.Parser), ("ack", ShardUpdateAck.Parser),
        ("allot", AllotIds.Parser), ("allotted", IdsAllotted.Parser), ("denied", IdsDenied.Parser), ("learn", LearnIds.Parser), ("learnt", IdsLearnt.Parser),
        ("member?", GetMembership.Parser), ("member", Membership.Parser),
        ("digests?", GetIdDigests.Parser), ("digests", IdDigests.Parser), ("block?", GetIdBlock.Parser), ("block", IdBlock.Parser),
    ];

    private static readonly Dictionary<string, MessageParser> Parsers = Messages.ToDictionary(message => message.Manifest, message => message.Parser, StringComparer.Ordinal);

    private static readonly Dictionary<Type, string> Manifests = Messages.ToDictionary(message => TypeOf(message.Parser), message => message.Manifest);

    /// <inheritdoc/>
    public override int Identifier => Id;

    internal static IEnumerable<Type> Types => Manifests.Keys;

    /// <inheritdoc/>
    public override string Manifest(object o) =>
        Manifests.GetValueOrDefault(o?.GetType() ?? typeof(void)) ?? throw new SerializationException($"{o?.GetType()} is no message between trackers.");

    /// <inheritdoc/>
    public override byte[] ToBinary(object obj) =>
        obj is IMessage message && Manifests.ContainsKey(obj.GetType()) ? message.ToByteArray() : throw new SerializationException($"{obj?.GetType()} is no message between trackers.");

    /// <inheritdoc/>
    public override object FromBinary(byte[] bytes, string manifest)
    {
        if (manifest is null || !Parsers.TryGetValue(manifest, out var parser))
            throw new SerializationException($"\"{manifest}\" is no message between trackers.");
        try
        {
            return parser.ParseFrom(bytes);
        }
        catch (InvalidProtocolBufferException error)
        {
            throw new SerializationException($"a message \"{manifest}\" from another tracker does not parse", error);
        }
    }

    private static Type TypeOf(MessageParser parser) => parser.GetType().GetGenericArguments()[0];
}

/// <summary>Stands where Akka would make objects by the names of their types: it refuses everything.</summary>
internal sealed class RefusingSerializer : Serializer
{
    /// <summary>Made by Akka in the place of one that has no settings.</summary>
    /// <param name="system">The actor system that it belongs to.</param>
    public RefusingSerializer(ExtendedActorSystem system)
        : base(system)
    {
    }

    /// <summary>Made by Akka in the place of one that has.</summary>
    /// <param name="system">The actor system that it belongs to.</param>
    /// <param name="config">Not used.</param>
    public RefusingSerializer(ExtendedActorSystem system, Akka.Configuration.Config config)
        : base(system)
    {
    }

    /// <inheritdoc/>
    public override int Identifier => 1;

    /// <inheritdoc/>
    public override bool IncludeManifest => true;

    /// <inheritdoc/>
    public override byte[] ToBinary(object obj) => throw new SerializationException($"{obj?.GetType()} is not sent between trackers.");

    /// <inheritdoc/>
    public override object FromBinary(byte[] bytes, Type type) => throw new SerializationException("Messages that name their type are not taken.");
}

/// <summary>Akka's own small messages, but for the failures among them: those would make exceptions by the names of their types.</summary>
internal sealed class CarefulMiscSerializer : SerializerWithStringManifest
{
    private const string FailureManifest = "STF";

    private readonly MiscMessageSerializer _inner;

    /// <summary>Made by Akka.</summary>
    /// <param name="system">The actor system that it belongs to.</param>
    public CarefulMiscSerializer(ExtendedActorSystem system)
        : base(system) => _inner = new MiscMessageSerializer(system);

    /// <inheritdoc/>
    public override int Identifier => 16;

    /// <inheritdoc/>
    public override string Manifest(object o) => _inner.Manifest(o);

    /// <inheritdoc/>
    public override byte[] ToBinary(object obj) => _inner.ToBinary(obj);

    /// <inheritdoc/>
    public override object FromBinary(byte[] bytes, string manifest) =>
        manifest == FailureManifest ? throw new SerializationException("Failures are not taken from other trackers.") : _inner.FromBinary(bytes, manifest);
}
