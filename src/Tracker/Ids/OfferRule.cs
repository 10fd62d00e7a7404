namespace TspActors.Tracker.Ids;

/// <summary>Decides whether a song may have the id that its host remembers, if that id is free (docs/decisions/0041).</summary>
/// <param name="wait">The time after the start during which only offers with a receipt are honoured.</param>
/// <param name="time">The clock.</param>
internal sealed class OfferRule(TimeSpan wait, TimeProvider time)
{
    /// <summary>A rule that honours every offer immediately. It applies when the key is new, because no receipts can exist then.</summary>
    public static readonly OfferRule AtOnce = new(TimeSpan.Zero, TimeProvider.System);

    private readonly long _started = time.GetTimestamp();

    /// <summary>Returns true if an offer is honoured now.</summary>
    /// <param name="isProven">Whether the offer came with a receipt from this tracker or its cluster.</param>
    public bool Honours(bool isProven) => isProven || time.GetElapsedTime(_started) >= wait;
}
