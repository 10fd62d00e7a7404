namespace TspActors.Gateway.Media;

/// <summary>Limits the number of simultaneous fetches or streams, in total and for each device. Thread-safe.</summary>
internal sealed class FetchSlots(int max, int maxPerDevice)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, int> _taken = new(StringComparer.Ordinal);
    private int _total;

    /// <summary>Takes a slot.</summary>
    /// <returns>False = no slot is free.</returns>
    public bool TryTake(string device)
    {
        lock (_lock)
        {
            var own = _taken.GetValueOrDefault(device);
            if (_total >= max || own >= maxPerDevice)
                return false;
            _total++;
            _taken[device] = own + 1;
            return true;
        }
    }

    /// <summary>Frees a slot that was taken.</summary>
    public void Free(string device)
    {
        lock (_lock)
        {
            _total--;
            if (_taken[device] == 1)
                _taken.Remove(device);
            else
                _taken[device]--;
        }
    }
}
