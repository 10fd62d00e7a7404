using System.Net;

namespace TspActors.Gateway.Security;

/// <summary>Limits the open connections, in total and of one address (one /64 of IPv6). Thread-safe.</summary>
internal sealed class ConnectionSeats(int max, int maxPerAddress)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<IPAddress, int> _taken = [];
    private int _total;

    /// <summary>Takes a seat.</summary>
    /// <returns>An object that frees the seat when it is disposed; null = there is none.</returns>
    public IDisposable? TryTake(IPAddress address)
    {
        var block = AddressBlock.Of(address);
        lock (_lock)
        {
            var own = _taken.GetValueOrDefault(block);
            if (_total >= max || own >= maxPerAddress)
                return null;
            _total++;
            _taken[block] = own + 1;
        }

        return new Seat(this, block);
    }

    private void Free(IPAddress block)
    {
        lock (_lock)
        {
            _total--;
            if (_taken[block] == 1)
                _taken.Remove(block);
            else
                _taken[block]--;
        }
    }

    private sealed class Seat(ConnectionSeats seats, IPAddress block) : IDisposable
    {
        private int _isFree;

        public void Dispose()
        {
            if (Interlocked.Exchange(ref _isFree, 1) == 0)
                seats.Free(block);
        }
    }
}
