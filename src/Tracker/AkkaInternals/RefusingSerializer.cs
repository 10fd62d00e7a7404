using System.Runtime.Serialization;
using Akka.Actor;
using Akka.Serialization;

namespace TspActors.Tracker.AkkaInternals;

/// <summary>A serializer that refuses everything. It replaces the serializers that create objects by type name.</summary>
internal sealed class RefusingSerializer : Serializer
{
    /// <summary>The names under which Akka configures the serializers that create objects by type name.</summary>
    public static readonly string[] ReplacedSerializers = ["json", "proto", "daemon-create"];

    internal const int JsonIdentifier = 1;

    /// <summary>Akka calls this constructor for a serializer without settings.</summary>
    /// <param name="system">The actor system that the serializer belongs to.</param>
    public RefusingSerializer(ExtendedActorSystem system)
        : base(system)
    {
    }

    /// <summary>Akka calls this constructor for a serializer with settings.</summary>
    /// <param name="system">The actor system that the serializer belongs to.</param>
    /// <param name="config">Not used.</param>
    public RefusingSerializer(ExtendedActorSystem system, Akka.Configuration.Config config)
        : base(system)
    {
    }

    /// <summary>The identifier of Akka's JSON serializer, the first of the serializers that this class replaces.</summary>
    public override int Identifier => JsonIdentifier;

    /// <inheritdoc/>
    public override bool IncludeManifest => true;

    /// <inheritdoc/>
    public override byte[] ToBinary(object obj) => throw new SerializationException($"{obj?.GetType()} is not sent between trackers.");

    /// <inheritdoc/>
    public override object FromBinary(byte[] bytes, Type type) =>
        throw new SerializationException("Messages that name their type are not accepted.");
}
