using System.Globalization;
using TspActors.Protocol;

namespace TspActors.Peer.Listening;

/// <summary>Decides how a song goes on when a host is needed: with another host, with a question to the tracker, or not at all.</summary>
/// <param name="songId">The song, for the words.</param>
/// <param name="hosts">Says which host is next.</param>
/// <param name="roundDelay">How long to wait before the tracker is asked again, when no host says otherwise.</param>
internal sealed class Failover(int songId, HostSelection hosts, TimeSpan roundDelay)
{
    // How much sound must be left, beyond the delay, for another round to make sense.
    private static readonly TimeSpan TimeForARound = TimeSpan.FromSeconds(2);

    private BusyNotice? _busy;
    private string _lastFailure = "nobody who has it is online";

    /// <summary>Notes that a host was given up.</summary>
    public void Failed(StreamFailed failure)
    {
        hosts.Failed(failure);
        _lastFailure = failure.Reason;
        _busy = BusyNotice.SoonerOf(_busy, failure);
    }

    /// <summary>Returns what follows: the next host of this round, or a question to the tracker.</summary>
    /// <param name="failure">Why a host is needed, for people; null when nothing went wrong.</param>
    /// <param name="ahead">How long the sink can do without more bytes.</param>
    public FailoverStep Next(string? failure, TimeSpan ahead) =>
        hosts.Next() is { } host
            ? new FailoverStep.TryHost(host, failure is null ? null : $"{failure}; going on with {host.Name}")
            : EndRound(failure ?? _lastFailure, ahead);

    /// <summary>Returns what follows when the tracker did not grant the song.</summary>
    /// <param name="song">The song as an earlier grant described it; null before the first one.</param>
    /// <param name="reason">Why not, for people.</param>
    /// <param name="mayHostsBeThere">The tracker is not there, or has restarted and does not know the hosts yet: the known ones may be
    ///   there all the same.</param>
    /// <param name="ahead">How long the sink can do without more bytes.</param>
    public FailoverStep WithoutGrant(Song? song, string reason, bool mayHostsBeThere, TimeSpan ahead)
    {
        if (song is null)
            return new FailoverStep.GiveUp(reason);
        if (!mayHostsBeThere)
            return EndRound(reason, ahead);
        hosts.BeginRound(song.Hosts);
        return Next(reason, ahead);
    }

    private FailoverStep EndRound(string reason, TimeSpan ahead)
    {
        var round = hosts.EndRound();
        var busy = _busy;
        _busy = null;
        if (hosts.IsExhausted && !CanWait(ahead))
        {
            var corrupt = hosts.CorruptHosts.Count > 0 ? $" (wrong bytes came from {string.Join(", ", hosts.CorruptHosts)})" : "";
            return new FailoverStep.GiveUp($"no host could send song {songId}{corrupt}; the last one: {reason}");
        }

        var delay = round.Progressed ? TimeSpan.Zero : round.BusyFor ?? roundDelay;
        if (delay <= TimeSpan.Zero)
            return new FailoverStep.AskTracker(TimeSpan.Zero, null);
        // While busy hosts are waited for, the tracker is asked in silence whether there is another one.
        var notice = busy is not null ? busy.Text
            : round.BusyFor is null ? string.Create(
                CultureInfo.InvariantCulture, $"{reason}; asking the tracker again in {delay.TotalSeconds:0.#} s")
            : null;
        return new FailoverStep.AskTracker(delay, notice);
    }

    // A host may come back as long as there is sound to be heard.
    private bool CanWait(TimeSpan ahead) => ahead < TimeSpan.MaxValue && ahead > roundDelay + TimeForARound;
}

/// <summary>What a <see cref="Failover"/> has decided.</summary>
internal abstract record FailoverStep
{
    /// <summary>Ask this host.</summary>
    /// <param name="Host">The host.</param>
    /// <param name="Notice">What people are told; null for nothing.</param>
    internal sealed record TryHost(Host Host, string? Notice) : FailoverStep;

    /// <summary>Ask the tracker who has the song.</summary>
    /// <param name="Delay">How long to wait before that.</param>
    /// <param name="Notice">What people are told; null for nothing.</param>
    internal sealed record AskTracker(TimeSpan Delay, string? Notice) : FailoverStep;

    /// <summary>Give the song up.</summary>
    /// <param name="Reason">Why, for people.</param>
    internal sealed record GiveUp(string Reason) : FailoverStep;
}
