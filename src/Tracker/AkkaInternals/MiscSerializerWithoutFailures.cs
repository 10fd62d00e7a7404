using System.Runtime.Serialization;
using Akka.Actor;
using Akka.Remote.Serialization;
using Akka.Serialization;

namespace TspActors.Tracker.AkkaInternals;

/// <summary>
/// Akka's serializer for its own small messages, except failures. To read a failure, Akka would create an exception by its type name.
/// </summary>
internal sealed class MiscSerializerWithoutFailures : SerializerWithStringManifest
{
    /// <summary>The name under which Akka configures the serializer that this one replaces.</summary>
    public const string ReplacedSerializer = "akka-misc";

    internal const int MiscIdentifier = 16;

    internal const string FailureManifest = "STF";

    private readonly MiscMessageSerializer _inner;

    /// <summary>Akka calls this constructor.</summary>
    /// <param name="system">The actor system that the serializer belongs to.</param>
    public MiscSerializerWithoutFailures(ExtendedActorSystem system)
        : base(system) => _inner = new MiscMessageSerializer(system);

    /// <inheritdoc/>
    public override int Identifier => MiscIdentifier;

    /// <inheritdoc/>
    public override string Manifest(object o) => _inner.Manifest(o);

    /// <inheritdoc/>
    public override byte[] ToBinary(object obj) => _inner.ToBinary(obj);

    /// <inheritdoc/>
    public override object FromBinary(byte[] bytes, string manifest) =>
        manifest == FailureManifest
            ? throw new SerializationException("Failures from other trackers are not accepted.")
            : _inner.FromBinary(bytes, manifest);
}
