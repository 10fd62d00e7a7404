using System.Collections.Frozen;
using TspActors.Protocol;

namespace TspActors.Peer.Hosting;

/// <summary>Decides which requesters a host streams to, based on their keys.</summary>
public sealed class HostingAccess
{
    private readonly FrozenSet<KeyId> _allowed;
    private readonly FrozenSet<KeyId> _denied;

    /// <param name="allow">The only requesters that may receive streams; empty = everyone.</param>
    /// <param name="deny">Requesters that may receive none, even if they are in <paramref name="allow"/>.</param>
    public HostingAccess(IReadOnlyList<NamedKey> allow, IReadOnlyList<NamedKey> deny)
    {
        (Allow, Deny) = (allow, deny);
        _allowed = allow.Select(named => named.Key).ToFrozenSet();
        _denied = deny.Select(named => named.Key).ToFrozenSet();
    }

    /// <summary>Permits every requester.</summary>
    public static HostingAccess Everyone { get; } = new([], []);

    /// <summary>The only requesters that may receive streams; empty = everyone.</summary>
    public IReadOnlyList<NamedKey> Allow { get; }

    /// <summary>Requesters that may receive no streams.</summary>
    public IReadOnlyList<NamedKey> Deny { get; }

    /// <summary>Returns whether a requester may receive streams.</summary>
    /// <param name="requester">The key that the requester has proved to be its own; null if none, as on a plain connection.</param>
    /// <param name="reason">The reason for a refusal, worded for the requester; empty if there is none.</param>
    public bool Permits(KeyId? requester, out string reason)
    {
        reason = requester is { } key && _denied.Contains(key) ? $"the owner of this host has excluded your key: {key}"
            : _allowed.Count == 0 ? ""
            : requester is not { } shown ? "this host streams to chosen listeners only, and this connection shows no key; connect over TLS"
            : _allowed.Contains(shown) ? ""
            : $"this host streams to chosen listeners only; its owner can add your key: {shown}";
        return reason.Length == 0;
    }

    /// <summary>Returns both lists as text.</summary>
    public override string ToString() => $"allow [{string.Join(", ", Allow)}], deny [{string.Join(", ", Deny)}]";
}
