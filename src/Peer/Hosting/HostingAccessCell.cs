using TspActors.Protocol;

namespace TspActors.Peer.Hosting;

/// <summary>The <see cref="HostingAccess"/> in effect, which changes when the configuration is reloaded. Thread-safe.</summary>
internal sealed class HostingAccessCell(HostingAccess access)
{
    private volatile HostingAccess _current = access;

    /// <summary>The current rules. Running streams continue when the rules change.</summary>
    public HostingAccess Current
    {
        get => _current;
        set => _current = value;
    }

    /// <inheritdoc cref="HostingAccess.Permits"/>
    public bool Permits(KeyId? requester, out string reason) => _current.Permits(requester, out reason);
}
