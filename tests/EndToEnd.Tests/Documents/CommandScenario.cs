namespace TspActors.EndToEnd.Tests.Documents;

/// <summary>Documented commands, and for each of them a check that runs it.</summary>
/// <param name="Name">What the commands have in common.</param>
/// <param name="Steps">The commands and their checks.</param>
internal sealed record CommandScenario(string Name, IReadOnlyList<(string Command, Func<CommandRun, string, Task> Check)> Steps)
{
    /// <summary>
    /// Whether the commands belong together: they run one after the other in the same folders. Otherwise each command has folders of its
    /// own, and several run at the same time.
    /// </summary>
    public bool IsInOrder { get; init; }

    /// <summary>Whether the peers' settings name the tracker, as they do after a user has configured it.</summary>
    public bool NamesTracker { get; init; } = true;

    /// <summary>The tracker's port in the settings; 0 = any.</summary>
    public int TrackerPort { get; init; }

    /// <summary>Runs the commands.</summary>
    public async Task RunAsync(DocumentedCommunity community)
    {
        if (!IsInOrder)
        {
            await Parallel.ForEachAsync(Steps, async (step, _) => await RunAsync(community, [step]));
            return;
        }

        await RunAsync(community, Steps);
    }

    private async Task RunAsync(DocumentedCommunity community, IReadOnlyList<(string Command, Func<CommandRun, string, Task> Check)> steps)
    {
        var run = new CommandRun(community, this);
        foreach (var (command, check) in steps)
            await check(run, command);
        await run.EndAsync();
    }
}
