using TspActors.Gateway.Library;
using TspActors.Gateway.Security;

namespace TspActors.Gateway.Media;

/// <summary>The progress of a running response. The response updates it, and the web page reads it.</summary>
internal sealed class RunningTransfer(LibrarySong song, Caller caller, DateTimeOffset started)
{
    private readonly Lock _lock = new();
    private Transfer _now = new(song.Id, song.Title, caller.Device, "", "", 0, 0, song.Size, true, started);

    /// <summary>The state of the response.</summary>
    public Transfer Now
    {
        get
        {
            lock (_lock)
                return _now;
        }
    }

    /// <summary>Records which range is being sent.</summary>
    public void Begin(long offset, long length) => Change(now => now with { Offset = offset, Length = length });

    /// <summary>Records that the response is waiting for bytes.</summary>
    public void Wait() => Change(now => now with { IsWaiting = true });

    /// <summary>Records that bytes are being sent.</summary>
    public void Send(int count, SongReader reader) =>
        Change(now => now with { IsWaiting = false, Sent = now.Sent + count, Host = reader.Host, Way = reader.Way });

    private void Change(Func<Transfer, Transfer> change)
    {
        lock (_lock)
            _now = change(_now);
    }
}
