namespace TspActors.Playback.Tests;

/// <summary>The collection of tests that must not run in parallel with others.</summary>
[CollectionDefinition(nameof(RunsAlone), DisableParallelization = true)]
public sealed class RunsAlone;
