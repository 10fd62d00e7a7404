using Akka.TestKit.Xunit2;

namespace TspActors.Tracker.Tests;

/// <summary>The base class of tests that surround one actor with probes. No working code takes so long that a probe times out.</summary>
public abstract class ProbeSpec : TestKit
{
    private const string Hocon = """
        akka.loglevel = ERROR
        akka.test.single-expect-default = 20s
        """;

    protected ProbeSpec()
        : base(Hocon) => TrackerDispatchers.AddTo(Sys);
}
