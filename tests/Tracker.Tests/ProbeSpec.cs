using Akka.TestKit.Xunit2;

namespace TspActors.Tracker.Tests;

/// <summary>One actor between probes. Only a broken build waits as long as they would.</summary>
public abstract class ProbeSpec() : TestKit("""
    akka.loglevel = ERROR
    akka.test.single-expect-default = 20s
    """);
