using System.Globalization;
using TspActors.Peer.Hosting.Limits;
using TspActors.Protocol;

namespace TspActors.Peer.Listening;

/// <summary>
/// The notice shown while a song waits for a busy host: this peer's place in the host's queue, if known, and the time until the next
/// attempt.
/// </summary>
internal sealed class BusyNotice
{
    private readonly StreamFailed _failure;

    private BusyNotice(StreamFailed failure) => _failure = failure;

    /// <summary>The text of the notice.</summary>
    public string Text
    {
        get
        {
            var seconds = Math.Max(1, Math.Ceiling(_failure.Error!.RetryAfterMs / 1000.0));
            var what = _failure.Error.QueuePlace is > 0 and var place
                ? $"{QueuePlace.Text(place)} of {_failure.Host.Name}"
                : _failure.Reason;
            return string.Create(CultureInfo.InvariantCulture, $"waiting: {what}, next try in {seconds} s");
        }
    }

    /// <summary>
    /// Returns a notice for this failure if the host is busy, and either there is no known notice or this host asks for a shorter wait than
    /// the host in the known notice. Otherwise returns the known notice.
    /// </summary>
    public static BusyNotice? SoonerOf(BusyNotice? known, StreamFailed failure) =>
        failure.Error is { Code: ErrorCode.Busy or ErrorCode.RateLimited, RetryAfterMs: > 0 } error
            && !(known?._failure.Error!.RetryAfterMs <= error.RetryAfterMs)
            ? new BusyNotice(failure)
            : known;
}
