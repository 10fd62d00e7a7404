namespace TspActors.Playback.Tests;

/// <summary>Tests that bear no other test beside them.</summary>
[CollectionDefinition(nameof(RunsAlone), DisableParallelization = true)]
public sealed class RunsAlone;
