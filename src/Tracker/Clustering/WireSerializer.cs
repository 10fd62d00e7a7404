using System.Runtime.Serialization;
using Akka.Actor;
using Akka.Serialization;
using Google.Protobuf;
using TspActors.Tracker.Clustering.Wire;

namespace TspActors.Tracker.Clustering;

/// <summary>
/// Serializes the messages between trackers as protobuf. It accepts only a fixed set of messages, each identified by a short manifest.
/// </summary>
/// <param name="system">The actor system that the serializer belongs to.</param>
internal sealed class WireSerializer(ExtendedActorSystem system) : SerializerWithStringManifest(system)
{
    internal const int Id = 7071;

    private static readonly (string Manifest, MessageParser Parser)[] Messages =
    [
        ("sub", SubscribeShard.Parser), ("chunk", ShardUpdate.Parser), ("ack", ShardUpdateAck.Parser),
        ("allot", AllotIds.Parser), ("allotted", IdsAllotted.Parser), ("denied", IdsDenied.Parser), ("learn", LearnIds.Parser),
        ("learnt", IdsLearnt.Parser),
        ("contest", ContestRegistration.Parser), ("contested", RegistrationContested.Parser),
        ("call", CallPeer.Parser), ("refused", CallRefused.Parser),
        ("member?", GetMembership.Parser), ("member", Membership.Parser),
        ("digests?", GetIdDigests.Parser), ("digests", IdDigests.Parser), ("block?", GetIdBlock.Parser), ("block", IdBlock.Parser),
    ];

    private static readonly Dictionary<string, MessageParser> Parsers = Messages.ToDictionary(
        message => message.Manifest, message => message.Parser, StringComparer.Ordinal);

    private static readonly Dictionary<Type, string> Manifests = Messages.ToDictionary(
        message => TypeOf(message.Parser), message => message.Manifest);

    /// <inheritdoc/>
    public override int Identifier => Id;

    internal static IEnumerable<Type> Types => Manifests.Keys;

    /// <inheritdoc/>
    public override string Manifest(object o) =>
        Manifests.GetValueOrDefault(o?.GetType() ?? typeof(void))
            ?? throw new SerializationException($"{o?.GetType()} is not a message between trackers.");

    /// <inheritdoc/>
    public override byte[] ToBinary(object obj) =>
        obj is IMessage message && Manifests.ContainsKey(obj.GetType())
            ? message.ToByteArray()
            : throw new SerializationException($"{obj?.GetType()} is not a message between trackers.");

    /// <inheritdoc/>
    public override object FromBinary(byte[] bytes, string manifest)
    {
        if (manifest is null || !Parsers.TryGetValue(manifest, out var parser))
            throw new SerializationException($"\"{manifest}\" is not a message between trackers.");
        try
        {
            return parser.ParseFrom(bytes);
        }
        catch (InvalidProtocolBufferException error)
        {
            throw new SerializationException($"a \"{manifest}\" message from another tracker cannot be parsed", error);
        }
    }

    private static Type TypeOf(MessageParser parser) => parser.GetType().GetGenericArguments()[0];
}
