namespace TspActors.Gateway.Media;

/// <summary>Limits the number of simultaneous requests from each device. Thread-safe.</summary>
internal sealed class DeviceSlots(int maxPerDevice)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, int> _taken = new(StringComparer.Ordinal);

    /// <summary>Takes a slot; false = the device has none left.</summary>
    public bool TryTake(string device)
    {
        lock (_lock)
        {
            var taken = _taken.GetValueOrDefault(device);
            if (taken >= maxPerDevice)
                return false;
            _taken[device] = taken + 1;
            return true;
        }
    }

    /// <summary>Frees a slot.</summary>
    public void Free(string device)
    {
        lock (_lock)
        {
            if (_taken[device] == 1)
                _taken.Remove(device);
            else
                _taken[device]--;
        }
    }
}
