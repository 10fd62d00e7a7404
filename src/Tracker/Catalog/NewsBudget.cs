using System.Net;
using System.Net.Sockets;

namespace TspActors.Tracker.Catalog;

/// <summary>
/// Limits how many bytes one address may add to broadcasts: a burst, then a trickle, plus a few bytes for each byte that it sends.
/// </summary>
/// <remarks>
/// A broadcast is charged once, however many subscribers receive it. Each byte received from an address therefore adds only
/// <see cref="ChangeLimits.PerByte"/> / subscribers bytes to its budget. The address and each network that contains it must have bytes
/// left. Reconnecting does not restore a used-up budget.
/// </remarks>
internal sealed class NewsBudget(ChangeLimits limits, TimeProvider time)
{
    private const int TidiedFrom = 1_000;

    private readonly Dictionary<Scope, Allowance> _allowances = [];
    private int _tidiedAt = TidiedFrom;

    /// <summary>Records that an address has sent this many bytes of a share.</summary>
    /// <param name="address">The address, normalised for per-address limits.</param>
    /// <param name="bytes">The number of bytes.</param>
    /// <param name="subscribers">The number of peers that currently receive each broadcast.</param>
    public void Received(IPAddress address, long bytes, int subscribers)
    {
        if (limits.PerAddressBytes == 0)
            return;
        var now = time.GetElapsedTime(0);
        foreach (var scope in Scope.Of(address))
            Find(scope, now).Add((double)bytes * limits.PerByte / Math.Max(1, subscribers));
    }

    /// <summary>Spends bytes on a broadcast. Returns false if the address, or a network that contains it, has none left.</summary>
    public bool TrySpend(IPAddress address, int bytes)
    {
        if (!HasLeft(address))
            return false;
        if (limits.PerAddressBytes == 0)
            return true;
        var now = time.GetElapsedTime(0);
        foreach (var scope in Scope.Of(address))
            Find(scope, now).Add(-bytes);
        return true;
    }

    /// <summary>Returns whether the address, and each network that contains it, has bytes left.</summary>
    public bool HasLeft(IPAddress address)
    {
        if (limits.PerAddressBytes == 0)
            return true;
        var now = time.GetElapsedTime(0);
        return Array.TrueForAll(Scope.Of(address), scope => Find(scope, now).Level > 0);
    }

    private Allowance Find(Scope scope, TimeSpan now)
    {
        var times = scope.Factor(limits.AddressesPerNetwork);
        if (!_allowances.TryGetValue(scope, out var allowance))
        {
            Tidy(now);
            _allowances[scope] = allowance = new Allowance(
                limits.PerAddressBytes * (double)times, limits.PerAddressHourBytes * (double)times / 3600, now);
        }

        allowance.Fill(now);
        return allowance;
    }

    // A full budget is equivalent to a new one, so it can be removed.
    private void Tidy(TimeSpan now)
    {
        if (_allowances.Count < _tidiedAt)
            return;
        foreach (var (scope, allowance) in _allowances.ToList())
        {
            allowance.Fill(now);
            if (allowance.IsFull)
                _allowances.Remove(scope);
        }

        _tidiedAt = Math.Max(TidiedFrom, 2 * _allowances.Count);
    }

    /// <summary>An address, or a network that contains it.</summary>
    private readonly record struct Scope(IPAddress Network, int Bits)
    {
        public static Scope[] Of(IPAddress address) => address.AddressFamily == AddressFamily.InterNetwork
            ? [new Scope(address, 32), Around(address, 24)]
            : [new Scope(address, 64), Around(address, 56), Around(address, 48)];

        public int Factor(int addresses) => Bits switch { 32 or 64 => 1, 48 => 4 * addresses, _ => addresses };

        private static Scope Around(IPAddress address, int bits)
        {
            var bytes = address.GetAddressBytes();
            bytes.AsSpan(bits / 8).Clear();
            return new Scope(new IPAddress(bytes), bits);
        }
    }

    private sealed class Allowance(double capacity, double perSecond, TimeSpan now)
    {
        private readonly double _capacity = capacity;
        private TimeSpan _filledAt = now;

        public double Level { get; private set; } = capacity;

        public bool IsFull => Level >= _capacity;

        public void Add(double bytes) => Level = Math.Min(_capacity, Level + bytes);

        public void Fill(TimeSpan at)
        {
            if (at <= _filledAt)
                return;
            Add((at - _filledAt).TotalSeconds * perSecond);
            _filledAt = at;
        }
    }
}
