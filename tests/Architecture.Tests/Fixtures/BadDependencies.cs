namespace TspActors.Architecture.Tests.Fixtures;

#pragma warning disable CA1822 // The members are instance members on purpose.

/// <summary>Uses a type of Akka.IO.</summary>
internal sealed class UsesAkkaIo
{
    public Akka.IO.ByteString? Bytes { get; set; }
}

/// <summary>Uses a type of the tracker.</summary>
internal sealed class UsesTracker
{
    public Tracker.TrackerSettings? Settings { get; set; }
}
