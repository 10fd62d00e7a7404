using System.Net;

namespace TspActors.Transport.Relays;

/// <summary>A place at this relay: reserved for two ends, or in use by them. <see cref="RelayPlaces"/> owns it.</summary>
public sealed class RelayPlace
{
    private readonly List<IPAddress> _ends = [];

    internal RelayPlace(RelayReservation reservation, RelaySettings settings, TimeSpan now)
    {
        Reservation = reservation;
        ReservedFor = reservation.RequesterAddress is { } address ? CountedAddress.From(address) : null;
        MaxDuration = Lower(reservation.MaxDuration, settings.MaxDuration);
        MaxBytes = Lower(reservation.MaxBytes, settings.MaxBytes);
        BytesPerSecond = Lower(reservation.BytesPerSecond, settings.BytesPerSecond);
        Due = now + Lower(reservation.ValidFor, settings.ReservationTimeout);
    }

    /// <summary>Who may use the place.</summary>
    public RelayReservation Reservation { get; }

    /// <summary>How long the place may be in use.</summary>
    public TimeSpan MaxDuration { get; }

    /// <summary>How many bytes the place may relay.</summary>
    public long MaxBytes { get; }

    /// <summary>The rate of both directions together, in bytes per second.</summary>
    public long BytesPerSecond { get; }

    /// <summary>True if both ends have arrived.</summary>
    public bool IsComplete => _ends.Count == 2;

    /// <summary>When the place expires, unless the next end has arrived by then.</summary>
    internal TimeSpan Due { get; private set; }

    /// <summary>The addresses of the ends that have arrived, as <see cref="CountedAddress"/> converts them.</summary>
    internal IReadOnlyList<IPAddress> Ends => _ends;

    /// <summary>
    /// The address of a requester that has not arrived yet, as <see cref="CountedAddress"/> converts it; null = not known, or the requester
    /// has arrived.
    /// </summary>
    internal IPAddress? ReservedFor { get; set; }

    internal void Enter(IPAddress address, TimeSpan due)
    {
        _ends.Add(address);
        // An end that arrives late must not make the tickets valid for longer than the reservation.
        Due = IsComplete ? TimeSpan.MaxValue : due < Due ? due : Due;
    }

    private static TimeSpan Lower(TimeSpan asked, TimeSpan allowed) => asked > TimeSpan.Zero && asked < allowed ? asked : allowed;

    private static long Lower(long asked, long allowed) => asked > 0 && (allowed == 0 || asked < allowed) ? asked : allowed;
}
