using Akka.Actor;
using Akka.Event;
using TspActors.Transport;

namespace TspActors.Architecture.Tests.Fixtures;

#pragma warning disable CA1822, CS0414, IDE0044, IDE0052, CA1823 // The fixtures need fields that nobody reads.

/// <summary>Has one flag too many.</summary>
internal sealed class ManyFlagsActor : UntypedActor
{
    private bool _isOpen = true;
    private bool _isDraining = true;
    private bool? _isClosing = true;

    protected override void OnReceive(object message) => Unhandled(message);
}

/// <summary>Has as many flags as an actor may have.</summary>
internal class TwoFlagsActor : UntypedActor
{
    private bool _isOpen = true;
    private bool _isDraining = true;

    protected override void OnReceive(object message) => Unhandled(message);

    /// <summary>A message to itself, which may get lost when it stops.</summary>
    internal sealed record Tick : ILocalMessage, IDeadLetterSuppression;
}

/// <summary>A reply that would get lost without a trace.</summary>
internal sealed record SilentReply : ILocalMessage, IDeadLetterSuppression;

/// <summary>Adds a third flag to those of its base class.</summary>
internal sealed class InheritedFlagsActor : TwoFlagsActor
{
    private bool _isClosing = true;
}

/// <summary>Derives from the wrong base class.</summary>
internal sealed class ReceivingActor : ReceiveActor;

/// <summary>An actor whose name does not say so.</summary>
internal sealed class Listener : UntypedActor
{
    protected override void OnReceive(object message) => Unhandled(message);
}

/// <summary>Carries Akka's own marker.</summary>
internal sealed record WronglyMarked : INoSerializationVerificationNeeded;

/// <summary>Carries the project's marker.</summary>
internal sealed record RightlyMarked : ILocalMessage;

/// <summary>Has a property of its own type, which has one, and so on.</summary>
internal readonly record struct EndlessRecord(int Number)
{
    public EndlessRecord Next => new(Number + 1);
}
