using System.Runtime.Serialization;
using Akka.Actor;
using Akka.Remote.Serialization;
using Akka.Serialization;

namespace TspActors.Tracker.AkkaInternals;

/// <summary>
/// Akka's serializer for its own small messages, restricted to those that clustering needs. The others could stop actors (PoisonPill,
/// Kill), deploy new ones, or create exceptions by their type names (Status.Failure).
/// </summary>
internal sealed class RestrictedMiscSerializer : SerializerWithStringManifest
{
    /// <summary>The name under which Akka configures the serializer that this one replaces.</summary>
    public const string ReplacedSerializer = "akka-misc";

    internal const int MiscIdentifier = 16;

    // Identify, ActorIdentity, IActorRef, the heartbeat of remote watchers and its reply, and Status.Success.
    internal static readonly string[] Allowed = ["ID", "AID", "AR", "RWHB", "RWHR", "STS"];

    private readonly MiscMessageSerializer _inner;

    /// <summary>Akka calls this constructor.</summary>
    /// <param name="system">The actor system that the serializer belongs to.</param>
    public RestrictedMiscSerializer(ExtendedActorSystem system)
        : base(system) => _inner = new MiscMessageSerializer(system);

    /// <inheritdoc/>
    public override int Identifier => MiscIdentifier;

    /// <inheritdoc/>
    public override string Manifest(object o) => _inner.Manifest(o);

    /// <inheritdoc/>
    public override byte[] ToBinary(object obj) => _inner.ToBinary(obj);

    /// <inheritdoc/>
    public override object FromBinary(byte[] bytes, string manifest) =>
        Allowed.Contains(manifest, StringComparer.Ordinal)
            ? _inner.FromBinary(bytes, manifest)
            : throw new SerializationException($"the Akka message \"{manifest}\" is not accepted from other trackers.");
}
