using Akka.Actor;
using Akka.Event;
using TspActors.Transport;

namespace TspActors.Architecture.Tests.Fixtures;

#pragma warning disable CA1822, CS0414, IDE0044, IDE0052, CA1823 // The fixtures need fields that are never read.

/// <summary>An actor with one flag too many.</summary>
internal sealed class ManyFlagsActor : UntypedActor
{
    private bool _isOpen = true;
    private bool _isDraining = true;
    private bool? _isClosing = true;

    protected override void OnReceive(object message) => Unhandled(message);
}

/// <summary>An actor with as many flags as the rule allows.</summary>
internal class TwoFlagsActor : UntypedActor
{
    private bool _isOpen = true;
    private bool _isDraining = true;

    protected override void OnReceive(object message) => Unhandled(message);

    /// <summary>A message from the actor to itself, which may be lost when the actor stops.</summary>
    internal sealed record Tick : ILocalMessage, IDeadLetterSuppression;
}

/// <summary>A reply to another actor that could be lost without a trace.</summary>
internal sealed record SilentReply : ILocalMessage, IDeadLetterSuppression;

/// <summary>An actor that adds a third flag to those of its base class.</summary>
internal sealed class InheritedFlagsActor : TwoFlagsActor
{
    private bool _isClosing = true;
}

/// <summary>An actor that derives from the wrong base class.</summary>
internal sealed class ReceivingActor : ReceiveActor;

/// <summary>An actor whose name does not end in "Actor".</summary>
internal sealed class Listener : UntypedActor
{
    protected override void OnReceive(object message) => Unhandled(message);
}

/// <summary>A message with Akka's own marker.</summary>
internal sealed record WronglyMarked : INoSerializationVerificationNeeded;

/// <summary>A message with the project's marker.</summary>
internal sealed record RightlyMarked : ILocalMessage;

/// <summary>A record struct with a property of its own type. Its ToString never returns.</summary>
internal readonly record struct EndlessRecord(int Number)
{
    public EndlessRecord Next => new(Number + 1);
}
