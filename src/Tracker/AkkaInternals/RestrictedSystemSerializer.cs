using System.Runtime.Serialization;
using Akka.Actor;
using Akka.Dispatch.SysMsg;
using Akka.Remote.Serialization;
using Akka.Serialization;

namespace TspActors.Tracker.AkkaInternals;

/// <summary>
/// Akka's serializer for system messages, restricted to those for watching actors. The others could stop, suspend or restart any actor.
/// </summary>
internal sealed class RestrictedSystemSerializer : Serializer
{
    /// <summary>The name under which Akka configures the serializer that this one replaces.</summary>
    public const string ReplacedSerializer = "akka-system-msg";

    internal const int SystemIdentifier = 22;

    private static readonly Type[] Allowed = [typeof(Watch), typeof(Unwatch), typeof(DeathWatchNotification)];

    private readonly SystemMessageSerializer _inner;

    /// <summary>Akka calls this constructor.</summary>
    /// <param name="system">The actor system that the serializer belongs to.</param>
    public RestrictedSystemSerializer(ExtendedActorSystem system)
        : base(system) => _inner = new SystemMessageSerializer(system);

    /// <inheritdoc/>
    public override int Identifier => SystemIdentifier;

    /// <inheritdoc/>
    public override bool IncludeManifest => true;

    /// <inheritdoc/>
    public override byte[] ToBinary(object obj) => _inner.ToBinary(obj);

    /// <inheritdoc/>
    public override object FromBinary(byte[] bytes, Type type) =>
        Allowed.Contains(type)
            ? _inner.FromBinary(bytes, type)
            : throw new SerializationException($"the Akka message {type?.Name} is not accepted from other trackers.");
}
