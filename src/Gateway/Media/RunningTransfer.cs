using TspActors.Gateway.Library;
using TspActors.Gateway.Security;

namespace TspActors.Gateway.Media;

/// <summary>A response that is being sent, for the list of transfers.</summary>
internal sealed class RunningTransfer(LibrarySong song, Caller caller, TimeProvider time)
{
    private readonly DateTimeOffset _started = time.GetUtcNow();
    private long _sent;
    private volatile string _host = "";
    private volatile string _way = "";

    /// <summary>The first byte.</summary>
    public long Offset { get; private set; }

    /// <summary>The number of bytes to send.</summary>
    public long Length { get; private set; }

    /// <summary>Records what is sent.</summary>
    public void Begin(long offset, long length) => (Offset, Length) = (offset, length);

    /// <summary>Records where the next bytes come from.</summary>
    public void Sends(SongBlock block) => (_host, _way) = (block.Host, block.Way);

    /// <summary>Records that bytes were sent.</summary>
    public void Sent(int count) => Interlocked.Add(ref _sent, count);

    /// <summary>Returns the current state.</summary>
    public Transfer Describe() => new(
        song.Id, song.Title, caller.Device, _host, _way, Offset, Interlocked.Read(ref _sent), Length, _host.Length == 0, _started);
}
