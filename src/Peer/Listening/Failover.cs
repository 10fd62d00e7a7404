using System.Globalization;
using TspActors.Peer.Reaching;
using TspActors.Protocol;

namespace TspActors.Peer.Listening;

/// <summary>Decides what happens when a song needs another host: try the next one, ask the tracker again, or give up.</summary>
/// <param name="songId">The song's id, for notices.</param>
/// <param name="hosts">Chooses the next host.</param>
/// <param name="roundDelay">How long to wait before asking the tracker again, unless bytes arrived or a busy host specifies a different
///   time.</param>
internal sealed class Failover(int songId, HostSelection hosts, TimeSpan roundDelay)
{
    // After the last permitted round, another one is worthwhile only if this much audio is left after the delay.
    private static readonly TimeSpan TimeForARound = TimeSpan.FromSeconds(2);

    private BusyNotice? _busy;
    private string _lastFailure = "no host is online";
    private bool _isLastUntrusted;

    /// <summary>Records that a host has failed.</summary>
    public void Failed(StreamFailed failure)
    {
        hosts.Failed(failure);
        (_lastFailure, _isLastUntrusted) = (failure.Reason, failure.IsUntrusted);
        _busy = BusyNotice.SoonerOf(_busy, failure);
    }

    /// <summary>Returns the next step: try the next host of this round, ask the tracker again, or give up.</summary>
    /// <param name="failure">The human-readable reason why another host is needed; null if nothing went wrong.</param>
    /// <param name="patience">How long it is worth waiting for a host (<see cref="ISongSink.Patience"/>).</param>
    public FailoverStep Next(string? failure, TimeSpan patience) =>
        hosts.Next() is { } next
            ? new FailoverStep.TryHost(next, failure is null ? null : $"{failure}; continuing with {next.Host.Name}")
            : EndRound(failure ?? _lastFailure, patience, isKnown: failure is null && _isLastUntrusted);

    /// <summary>Returns the next step if the tracker did not grant the song.</summary>
    /// <param name="routes">The hosts that an earlier grant named, and the ways to them; null if there was no such grant.</param>
    /// <param name="reason">The human-readable reason why the tracker did not grant the song.</param>
    /// <param name="mayHostsBeThere">True if hosts from an earlier grant may still be online, for example because the tracker is
    ///   unreachable, or has restarted and does not know the song yet.</param>
    /// <param name="patience">How long it is worth waiting for a host (<see cref="ISongSink.Patience"/>).</param>
    public FailoverStep WithoutGrant(IReadOnlyList<HostRoute>? routes, string reason, bool mayHostsBeThere, TimeSpan patience)
    {
        if (routes is null)
            return new FailoverStep.GiveUp(reason);
        if (!mayHostsBeThere)
            return EndRound(reason, patience);
        hosts.BeginRound(routes);
        return Next(reason, patience);
    }

    /// <param name="reason">The human-readable reason why another round is needed.</param>
    /// <param name="patience">How long it is worth waiting for a host.</param>
    /// <param name="isKnown">Whether the user already knows the reason.</param>
    private FailoverStep EndRound(string reason, TimeSpan patience, bool isKnown = false)
    {
        var round = hosts.EndRound();
        var busy = _busy;
        _busy = null;
        if (hosts.IsExhausted && !CanWait(patience))
        {
            var corrupt = hosts.CorruptHosts.Count > 0 ? $" (wrong bytes came from {string.Join(", ", hosts.CorruptHosts)})" : "";
            return new FailoverStep.GiveUp($"no host could send song {songId}{corrupt}; last error: {reason}");
        }

        var delay = round.Progressed ? TimeSpan.Zero : round.BusyFor ?? roundDelay;
        if (delay <= TimeSpan.Zero)
            return new FailoverStep.AskTracker(TimeSpan.Zero, null);
        // If the song merely continues to wait for busy hosts, the tracker is asked again without a notice.
        var notice = busy is not null ? busy.Text
            : round.BusyFor is null ? string.Create(
                CultureInfo.InvariantCulture,
                $"{(isKnown ? "no trusted host is online" : reason)}; asking the tracker again in {delay.TotalSeconds:0.#} s")
            : null;
        return new FailoverStep.AskTracker(delay, notice);
    }

    // A host may come back while buffered audio is still playing.
    private bool CanWait(TimeSpan patience) => patience < TimeSpan.MaxValue && patience > roundDelay + TimeForARound;
}

/// <summary>A decision of <see cref="Failover"/>.</summary>
internal abstract record FailoverStep
{
    /// <summary>Try this host.</summary>
    /// <param name="Route">The host, and the way to it.</param>
    /// <param name="Notice">The notice for the user; null for none.</param>
    internal sealed record TryHost(HostRoute Route, string? Notice) : FailoverStep;

    /// <summary>Ask the tracker for the song's hosts.</summary>
    /// <param name="Delay">How long to wait first.</param>
    /// <param name="Notice">The notice for the user; null for none.</param>
    internal sealed record AskTracker(TimeSpan Delay, string? Notice) : FailoverStep;

    /// <summary>Give up on the song.</summary>
    /// <param name="Reason">The human-readable reason.</param>
    internal sealed record GiveUp(string Reason) : FailoverStep;
}
