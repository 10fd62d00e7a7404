namespace TspActors.Architecture.Tests.Fixtures;

#pragma warning disable CA1822 // The members are instance members on purpose.

/// <summary>A type that depends on Akka.IO.</summary>
internal sealed class UsesAkkaIo
{
    public Akka.IO.ByteString? Bytes { get; set; }
}

/// <summary>A type that depends on the tracker.</summary>
internal sealed class UsesTracker
{
    public Tracker.TrackerSettings? Settings { get; set; }
}
