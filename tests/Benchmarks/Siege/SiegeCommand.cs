using TspActors.Benchmarks.Siege.Attacks;

namespace TspActors.Benchmarks.Siege;

/// <summary>
/// Implements the verb "siege": measures how a tracker and a host serve honest peers, first undisturbed and then under all attacks at once.
/// </summary>
internal static class SiegeCommand
{
    private const int WrongArguments = 2;

    public static async Task<int> RunAsync(string[] arguments)
    {
        ThreadPool.SetMinThreads(16, 16);
        if (arguments is ["attack", var side, .. var attack] && SiegeOptions.Parse(attack) is { } attacked)
            return await AttackRun.RunAsync(attacked, side).ConfigureAwait(false);
        if (SiegeOptions.Parse(arguments) is { } options)
            return await new SiegeRun(options).RunAsync().ConfigureAwait(false);
        await Console.Error.WriteLineAsync(SiegeOptions.Usage).ConfigureAwait(false);
        return WrongArguments;
    }
}
