using System.Net;
using TspActors.Transport;

namespace TspActors.Peer.Live.Sources;

/// <summary>Counts the wrong passwords that each address (each IPv6 /64) has sent within the last minute.</summary>
internal sealed class WrongPasswords(TimeProvider time)
{
    /// <summary>How many wrong passwords an address may send in a minute before it has to wait.</summary>
    public const int MaxPerMinute = 10;

    private const int MaxAddresses = 1000;
    private static readonly TimeSpan Window = TimeSpan.FromMinutes(1);
    private readonly Dictionary<IPAddress, Queue<long>> _times = [];

    /// <summary>Returns whether an address has sent too many wrong passwords.</summary>
    public bool IsBlocked(IPAddress address)
    {
        if (!_times.TryGetValue(CountedAddress.From(address), out var times))
            return false;
        Forget(times);
        return times.Count >= MaxPerMinute;
    }

    /// <summary>Counts a wrong password.</summary>
    public void Add(IPAddress address)
    {
        var counted = CountedAddress.From(address);
        if (!_times.TryGetValue(counted, out var times))
        {
            MakeRoom();
            _times.Add(counted, times = []);
        }

        Forget(times);
        if (times.Count < MaxPerMinute)
            times.Enqueue(time.GetTimestamp());
    }

    // If there are so many addresses that an old count must be dropped, the attack is coming from many places, and counting per address
    // would not stop it anyway.
    private void MakeRoom()
    {
        if (_times.Count < MaxAddresses)
            return;
        foreach (var (address, times) in _times.ToList())
        {
            Forget(times);
            if (times.Count == 0)
                _times.Remove(address);
        }

        if (_times.Count >= MaxAddresses)
            _times.Remove(_times.Keys.First());
    }

    private void Forget(Queue<long> times)
    {
        while (times.TryPeek(out var oldest) && time.GetElapsedTime(oldest) >= Window)
            times.Dequeue();
    }
}
