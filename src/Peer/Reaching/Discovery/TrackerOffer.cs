using System.Globalization;

namespace TspActors.Peer.Reaching.Discovery;

/// <summary>Composes the terminal prompt that asks whether to join a tracker on the local network, and interprets the reply.</summary>
internal sealed class TrackerOffer
{
    // A flood of announcements must not fill the terminal.
    private const int Most = 9;

    private readonly IReadOnlyList<FoundTracker> _trackers;
    private readonly int _found;

    /// <param name="found">The trackers that may be joined: at least one.</param>
    public TrackerOffer(IReadOnlyList<FoundTracker> found)
    {
        ArgumentNullException.ThrowIfNull(found);
        ArgumentOutOfRangeException.ThrowIfZero(found.Count);
        (_trackers, _found) = ([.. found.Take(Most)], found.Count);
    }

    /// <summary>The lines above the question: a numbered list of the trackers, if there are several.</summary>
    public IEnumerable<string> Lines
    {
        get
        {
            if (_found == 1)
                yield break;
            yield return _found > Most
                ? $"found {_found} trackers on the local network; these are the first ones (run 'peer discover' to list all of them):"
                : $"found {_found} trackers on the local network:";
            foreach (var (index, tracker) in _trackers.Index())
                yield return $"  {index + 1}  {tracker.Description}";
        }
    }

    /// <summary>The question. The reply is typed on the same line.</summary>
    public string Question => _found == 1
        ? $"found: {_trackers[0].Description}. Join? [y/N] "
        : $"Join which one? [1-{_trackers.Count}, Enter = none] ";

    /// <summary>Interprets a reply.</summary>
    /// <param name="reply">The line that was entered; null = the input has ended.</param>
    /// <param name="chosen">The tracker to join; null = none.</param>
    /// <returns>False if the reply is not valid, in which case the question must be asked again.</returns>
    public bool TryRead(string? reply, out FoundTracker? chosen)
    {
        var text = reply?.Trim().ToLowerInvariant();
        chosen = null;
        if (text is null or "" or "n" or "no")
            return true;
        if (_found == 1)
            chosen = text is "y" or "yes" ? _trackers[0] : null;
        else if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number > 0)
            chosen = _trackers.ElementAtOrDefault(number - 1);
        return chosen is not null;
    }
}
