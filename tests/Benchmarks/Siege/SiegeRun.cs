using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using TspActors.Protocol;

namespace TspActors.Benchmarks.Siege;

/// <summary>Runs the honest peers, first undisturbed and then under attack by other processes, and prints how they fared.</summary>
internal sealed class SiegeRun(SiegeOptions options)
{
    private const int Peers = 50;

    /// <summary>The maximum ratio of p99 under attack to p99 in the quiet phase.</summary>
    private const double MaxRatio = 3;

    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(10);
    private static readonly IPAddress Auditor = new([127, 11, 1, 1]);

    private static readonly TimeSpan Look = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Nap = TimeSpan.FromMilliseconds(10);

    // Sound is not judged: each host that does not send costs half a second, however fast the tracker and the attacked host are.
    private static readonly HonestAct[] Judged =
        [.. Enum.GetValues<HonestAct>().Where(act => act is not (HonestAct.Sound or HonestAct.WakeUp))];

    private readonly SiegePhase _quiet = new("quiet");
    private readonly SiegePhase _attacked = new("attacked");
    private readonly ProcessWatch _tracker =
        new("tracker", options.TrackerProcess, new Uri($"http://127.0.0.1:{options.HttpPort}/stats"));

    private readonly ProcessWatch _host = new("host", options.HostProcess, null);

    /// <returns>The exit code: 0 if both programs survive, no song is lost, and p99 is within the bound.</returns>
    public async Task<int> RunAsync()
    {
        using var over = new CancellationTokenSource();
        var played = await AwaitSongsAsync(over.Token).ConfigureAwait(false);
        var peers = Enumerable.Range(1, Peers).Select(number => new HonestPeer(options, number, played)).ToArray();
        foreach (var peer in peers)
            await peer.JoinAsync().ConfigureAwait(false);
        Say($"{Peers} honest peers share {peers.Sum(peer => peer.Ledger.Count)} songs and play {played.Count} songs of the host");
        Task[] running =
        [
            .. peers.Select(peer => peer.LiveAsync(over.Token)),
            _tracker.WatchAsync(over.Token), _host.WatchAsync(over.Token), NapAsync(() => peers[0].Phase, over.Token),
        ];

        await Task.Delay(WarmUp).ConfigureAwait(false);
        await LiveAsync(peers, _quiet, options.Quiet).ConfigureAwait(false);
        var attacks = Begin();
        await Task.Delay(TimeSpan.FromSeconds(options.Settle)).ConfigureAwait(false);
        await LiveAsync(peers, _attacked, options.Seconds).ConfigureAwait(false);
        Report();
        var lost = await CountLostAsync(peers, played).ConfigureAwait(false);
        foreach (var attack in attacks)
            await EndAsync(attack).ConfigureAwait(false);
        await over.CancelAsync().ConfigureAwait(false);
        await Task.WhenAll(running).ConfigureAwait(false);
        var losses = peers.SelectMany(peer => peer.Losses).ToArray();
        Say($"honest connections lost: {losses.Length}{(losses is [var loss, ..] ? $"; for example: {loss}" : "")}");
        Say($"waits at the busy host: {peers.Sum(peer => peer.Refusals)}; ids changed: {peers.Sum(peer => peer.ChangedIds)}");
        Say($"broadcasts to each honest peer: {peers.Average(peer => peer.BroadcastBytes) / 1e6:0.0} MB");
        foreach (var peer in peers)
            peer.Dispose();
        return Judge(lost);
    }

    // The host's songs appear in the catalog together, but on a busy machine perhaps not immediately.
    private async Task<List<Song>> AwaitSongsAsync(CancellationToken stop)
    {
        while (true)
        {
            if (await CatalogReader.ReadAsync(options.Tracker, Auditor, stop).ConfigureAwait(false) is { Count: > 0 } songs)
                return songs;
            await Task.Delay(Look, stop).ConfigureAwait(false);
        }
    }

    private static async Task NapAsync(Func<SiegePhase?> phase, CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            var begun = Stopwatch.GetTimestamp();
            await Task.Delay(Nap, stop).ContinueWith(_ => { }, TaskScheduler.Default).ConfigureAwait(false);
            phase()?.Add(HonestAct.WakeUp, Stopwatch.GetElapsedTime(begun) - Nap);
        }
    }

    private async Task LiveAsync(HonestPeer[] peers, SiegePhase phase, int seconds)
    {
        _tracker.Begin();
        _host.Begin();
        foreach (var peer in peers)
            peer.Phase = phase;
        await Task.Delay(TimeSpan.FromSeconds(seconds)).ConfigureAwait(false);
        foreach (var peer in peers)
            peer.Phase = null;
        Say($"-- {phase.Name}, {seconds} s");
        Say(_tracker.Describe());
        Say(_host.Describe());
    }

    // The attackers get only the time that nobody else needs, because real ones would have their own machines.
    private Process[] Begin() => options.Only is ["none"]
        ? []
        : [.. new[] { "tracker", "host" }.Select(side => Process.Start(new ProcessStartInfo(
            "chrt", ["--idle", "0", Environment.ProcessPath!, .. options.ForAttack(side)]) { RedirectStandardInput = true })!)];

    // An attacking process ends when its standard input is closed, and prints what it has done.
    private static async Task EndAsync(Process attack)
    {
        attack.StandardInput.Close();
        using var patience = new CancellationTokenSource(HonestPeer.Patience);
        try
        {
            await attack.WaitForExitAsync(patience.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            attack.Kill();
        }

        attack.Dispose();
    }

    private void Report()
    {
        var head = $"{"p50 ms",9}{"p99 ms",9}{"worst",9}";
        Say($"{"",-8}{"quiet: count",14}{head}{"attacked: count",17}{head}{"failed",8}{"p99 ratio",11}");
        foreach (var act in Enum.GetValues<HonestAct>())
        {
            var (quiet, attacked) = (_quiet[act], _attacked[act]);
            Say(
                $"{act,-8}{quiet.Count,14}{quiet.At(0.5),9:0.0}{quiet.At(0.99),9:0.0}{quiet.At(1),9:0}"
                + $"{attacked.Count,17}{attacked.At(0.5),9:0.0}{attacked.At(0.99),9:0.0}{attacked.At(1),9:0}"
                + $"{_attacked.FailuresOf(act),8}{Ratio(act),11:0.0}");
        }

        foreach (var phase in new[] { _quiet, _attacked })
        {
            foreach (var ((act, reason), count) in phase.Failures.Take(10))
                Say($"failed, {phase.Name}: {act} {count} x {reason}");
        }
    }

    private double Ratio(HonestAct act) => _attacked[act].At(0.99) / _quiet[act].At(0.99);

    // Called while the attacks continue: each song of an honest peer or of the host must be listed with its id and its sharer.
    private async Task<int> CountLostAsync(HonestPeer[] peers, List<Song> played)
    {
        try
        {
            using var patience = new CancellationTokenSource(TimeSpan.FromMinutes(2));
            var begun = Stopwatch.GetTimestamp();
            var expected = peers.SelectMany(peer => peer.Ledger.Select(song => (song.Id, song.Hash, Peer: peer.Id)))
                .Concat(played.Select(song => (song.Id, Hash: song.ContentHash, Peer: song.Hosts[0].PeerId))).ToArray();
            var listed = await CatalogReader.ReadAsync(
                options.Tracker, Auditor, patience.Token, expected.Max(song => song.Id)).ConfigureAwait(false);
            Say($"listed {listed.Count} songs in {Stopwatch.GetElapsedTime(begun).TotalSeconds:0.0} s");
            var byId = listed.ToDictionary(song => song.Id);
            var lost = expected.Count(song => !(byId.TryGetValue(song.Id, out var found) && found.ContentHash == song.Hash
                && found.Hosts.Any(host => host.PeerId == song.Peer)));
            Say($"songs lost: {lost} of {expected.Length}");
            return lost;
        }
        catch (Exception error) when (error is IOException or SocketException or InvalidDataException or OperationCanceledException)
        {
            Say($"the catalog could not be listed: {error.Message}");
            return int.MaxValue;
        }
    }

    private int Judge(int lost)
    {
        var slow = Judged.Where(act => Ratio(act) > MaxRatio).ToArray();
        if (slow.Length > 0)
            Say($"p99 under attack is more than {MaxRatio} x the quiet p99: {string.Join(", ", slow)}");
        if (!_tracker.IsAlive || !_host.IsAlive)
            Say("the tracker or the host has ended");
        return slow.Length == 0 && lost == 0 && _tracker.IsAlive && _host.IsAlive ? 0 : 1;
    }

    private static void Say(string text) => Console.WriteLine(text);
}
