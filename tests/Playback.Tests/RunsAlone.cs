namespace TspActors.Playback.Tests;

/// <summary>Tests that must not run in parallel with others.</summary>
[CollectionDefinition(nameof(RunsAlone), DisableParallelization = true)]
public sealed class RunsAlone;
