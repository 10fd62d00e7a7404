using System.Net;

namespace TspActors.Benchmarks.Siege.Attacks;

/// <summary>
/// Runs the selected attacks on a tracker or a host, all at once, until standard input ends. Then prints what each attack has done.
/// </summary>
internal static class AttackRun
{
    private const byte FirstBlock = 20;
    private const byte BlocksPerSide = 50;

    private static readonly IPAddress Scout = new([127, 12, 1, 1]);

    public static async Task<int> RunAsync(SiegeOptions options, string side)
    {
        using var over = new CancellationTokenSource();
        var isTracker = side == "tracker";
        var songs = await CatalogReader.ReadAsync(options.Tracker, Scout, over.Token).ConfigureAwait(false);
        var field = new Battlefield(isTracker ? options.Tracker : options.Host, options.Tracker, options.HttpPort, songs);
        var attacks = isTracker ? OnTracker() : OnHost();
        foreach (var (number, attack) in attacks.Index())
            attack.Block = (byte)(FirstBlock + number + (isTracker ? 0 : BlocksPerSide));
        attacks = [.. attacks.Where(attack => options.Only.Length == 0
            || options.Only.Contains(attack.Name) || options.Only.Contains($"{side}-{attack.Name}"))];
        var running = attacks.Select(attack => attack.RunAsync(field, over.Token)).ToArray();
        await Console.In.ReadToEndAsync().ConfigureAwait(false);
        await over.CancelAsync().ConfigureAwait(false);
        await Task.WhenAll(running).ConfigureAwait(false);
        foreach (var attack in attacks)
            Console.WriteLine($"attack on {side}, {attack.Describe()}");
        return 0;
    }

    private static Attack[] OnTracker() =>
    [
        new IdleSeats(14_000),
        new HalfBodies(2_000, registers: true),
        new Flood(500),
        new SecondInits(),
        new EndlessSharers("new-songs", 8, isNew: true),
        new EndlessSharers("retag", 4, isNew: false),
        new Revolvers(),
        new CrowdedNames(),
        new FakeHosts(),
        new NeverReaders(),
        new Searchers(),
        new Garbage(),
        new HttpSockets(150),
    ];

    private static Attack[] OnHost() =>
    [
        new IdleSeats(4_500),
        new HalfBodies(1_000, registers: false),
        new Flood(200),
        new PlayStorm(),
        new NeverListeners(600),
        new Garbage(),
    ];
}
