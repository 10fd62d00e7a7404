using TspActors.Protocol.Mdns;

namespace TspActors.Tracker.Discovery;

/// <summary>
/// Claims a tracker's name on its networks: asks three times whether another tracker has the name, then announces it twice. If another
/// tracker has it, a number is added to the name.
/// </summary>
/// <remarks>
/// <code>
/// probes 1, 2, 3 (250 ms apart) → announcement 1 → (1 s) → announcement 2 → settled
/// another tracker has the name  → the next number, and the probes again
/// another tracker asks for it at the same time → the one with the lower host and port waits for 1 s and probes again
/// </code>
/// Times are readings of one monotonic clock.
/// </remarks>
internal sealed class InstanceClaim
{
    /// <summary>The number of steps until the name is settled.</summary>
    public const int Steps = Probes + Announcements;

    private const int Probes = 3;
    private const int Announcements = 2;
    private const int ManyConflicts = 10;

    private static readonly TimeSpan ProbeInterval = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan AnnouncementInterval = TimeSpan.FromSeconds(1);

    // A machine that claims every name must not make this tracker flood the network (RFC 6762 section 8.1).
    private static readonly TimeSpan LongWait = TimeSpan.FromSeconds(5);

    private readonly string _name;
    private int _number = 1;
    private int _step;
    private int _conflicts;

    /// <param name="tracker">The tracker, with the name that it prefers.</param>
    /// <param name="now">The current time.</param>
    public InstanceClaim(TrackerAnnouncement tracker, TimeSpan now)
    {
        _name = tracker.Name;
        Tracker = tracker with { Name = TrackerAnnouncement.NameFor(tracker.Name) };
        DueAt = now;
    }

    /// <summary>The tracker, with its current name.</summary>
    public TrackerAnnouncement Tracker { get; private set; }

    /// <summary>The time of the next step; null = the name is settled.</summary>
    public TimeSpan? DueAt { get; private set; }

    /// <summary>Whether the name has been announced, so that queries are answered.</summary>
    public bool IsAnnounced => _step > Probes;

    /// <summary>Begins again, for example on a different network. The name stays the same.</summary>
    public void Restart(TimeSpan now) => (_step, DueAt) = (0, now);

    /// <summary>Adopts a changed description of the tracker, and announces it. The name stays the same.</summary>
    public void Change(TrackerAnnouncement tracker, TimeSpan now)
    {
        Tracker = tracker with { Name = Tracker.Name };
        if (IsAnnounced)
            (_step, DueAt) = (Probes, now);
    }

    /// <summary>Returns the message for a step on one network.</summary>
    /// <param name="step">The step, from <see cref="TryAdvance"/>.</param>
    /// <param name="tracker">The tracker, with its addresses on that network.</param>
    public static DnsMessage MessageOf(int step, TrackerAnnouncement tracker)
    {
        if (step > Probes)
            return MdnsAnswers.Announce(tracker);
        return new DnsMessage
        {
            // Replies to the first probe may go to this tracker alone.
            Questions = [new DnsQuestion(tracker.InstanceName, DnsType.Any, WantsUnicast: step == 1)],
            Proposals = [tracker.Service],
        };
    }

    /// <summary>Advances to the next step if one is due.</summary>
    /// <param name="now">The current time.</param>
    /// <param name="step">The number of the step, from 1 to <see cref="Steps"/>.</param>
    public bool TryAdvance(TimeSpan now, out int step)
    {
        step = 0;
        if (DueAt is not { } due || due > now)
            return false;
        step = ++_step;
        DueAt = step == Steps ? null : now + (step <= Probes ? ProbeInterval : AnnouncementInterval);
        return true;
    }

    /// <summary>Looks for another tracker with this name in a received message. Messages from this tracker itself are ignored.</summary>
    /// <returns>True if the tracker has a new name.</returns>
    public bool Observe(DnsMessage message, TimeSpan now)
    {
        if (message.IsReply)
            return message.Answers.Concat(message.Additionals).Any(IsOther) && Conflict(now);
        if (!IsAnnounced && message.Proposals.OfType<ServiceRecord>().Any(other => IsOther(other) && IsStronger(other)))
            Restart(now + AnnouncementInterval);
        return false;
    }

    private bool Conflict(TimeSpan now)
    {
        _conflicts++;
        var wait = _conflicts < ManyConflicts ? ProbeInterval : LongWait;
        // A tracker that has already announced its name first probes to find out whether it may keep the name (RFC 6762 section 9).
        if (IsAnnounced)
        {
            Restart(now + wait);
            return false;
        }

        _number++;
        Tracker = Tracker with { Name = TrackerAnnouncement.NameFor(_name, $" ({_number})") };
        Restart(now + wait);
        return true;
    }

    private bool IsOther(DnsRecord record) => record is ServiceRecord other && other.Ttl > 0 && other.Name.Equals(Tracker.InstanceName)
        && (other.Port != Tracker.Port || !other.Host.Equals(Tracker.HostName));

    // Both sides compare the same two values, so exactly one of them waits.
    private bool IsStronger(ServiceRecord other)
    {
        var order = string.CompareOrdinal(
            other.Host.ToString().ToLowerInvariant(), Tracker.HostName.ToString().ToLowerInvariant());
        return order > 0 || (order == 0 && other.Port > Tracker.Port);
    }
}
