using Akka.Actor;

namespace TspActors.Transport;

/// <summary>A message that never leaves its actor system, so it needs no serializer.</summary>
public interface ILocalMessage : INoSerializationVerificationNeeded;
