using System.Globalization;

namespace TspActors.Benchmarks.TrackerLoad;

/// <summary>Implements the verb "tracker-load": runs simulated peers and clients against a running tracker, over real sockets.</summary>
internal static class TrackerLoadCommand
{
    public static async Task<int> RunAsync(string[] arguments)
    {
        if (TrackerLoadOptions.Parse(arguments) is not { } options)
        {
            Console.Error.WriteLine(TrackerLoadOptions.Usage);
            return 2;
        }

        ThreadPool.SetMinThreads(16, 16);
        switch (options.Verb)
        {
            case "catalog":
                await new CatalogRun(options).RunAsync().ConfigureAwait(false);
                return 0;
            case "peers":
                await new PeersRun(options).RunAsync().ConfigureAwait(false);
                return 0;
            case "restart":
                await new RestartRun(options).RunAsync().ConfigureAwait(false);
                return 0;
            case "adversaries":
                await new AdversaryRun(options).RunAsync().ConfigureAwait(false);
                return 0;
            default:
                Console.Error.WriteLine(TrackerLoadOptions.Usage);
                return 2;
        }
    }

    public static void Say(string what, FormattableString figure) =>
        Console.WriteLine($"{what,-34} {figure.ToString(CultureInfo.InvariantCulture)}");
}
