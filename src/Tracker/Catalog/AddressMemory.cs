using System.Net;
using TspActors.Transport;

namespace TspActors.Tracker.Catalog;

/// <summary>
/// Tracks the memory that the songs and peers of each address and network use, as estimated by <see cref="CatalogMemory"/>, and limits it,
/// so that one stranger cannot fill the whole catalog. A network may use twice as much as one address, and an IPv6 /48 four times as much.
/// </summary>
/// <param name="maxBytes">The maximum memory that one address (one IPv6 /64) may use.</param>
internal sealed class AddressMemory(long maxBytes)
{
    private readonly Dictionary<AddressGroup, Account> _accounts = [];

    /// <summary>Adds the memory of a newly joined peer to the account of its address.</summary>
    /// <param name="address">The peer's address, normalised for per-address limits; null = the peer is registered at another tracker, which
    ///   counts its memory.</param>
    /// <param name="bytes">The memory of the songs that the peer already has when it joins.</param>
    /// <returns>The account to which the peer's songs are charged.</returns>
    public Account Join(IPAddress? address, long bytes = 0)
    {
        var account = address is null ? new Account(null, null, long.MaxValue) : Open(AddressGroup.Around(address), 0);
        for (var one = account; one is not null; one = one.Network)
            one.Peers++;
        account.Charge(bytes + CatalogMemory.OfPeer);
        return account;
    }

    /// <summary>Removes the memory of a peer that has left, and of its songs, from its account.</summary>
    public void Leave(Account account, long bytes)
    {
        account.Charge(-bytes - CatalogMemory.OfPeer);
        for (var one = account; one is not null; one = one.Network)
        {
            if (--one.Peers == 0 && one.Group is { } group)
                _accounts.Remove(group);
        }
    }

    /// <summary>Checks whether a song may use more memory than before.</summary>
    /// <returns>The reason to refuse the song; null if there is none.</returns>
    public static string? Refusal(Account account, int before, int bytes)
    {
        for (var one = account; bytes > before && one is not null; one = one.Network)
        {
            if (one.Bytes - before + bytes > one.MaxBytes)
                return $"this tracker uses at most {one.MaxBytes / 1024.0 / 1024:0.#} MiB of memory for the songs and peers of {(one == account ? "one address" : "one network")}";
        }

        return null;
    }

    private Account Open(AddressGroup[] groups, int width)
    {
        if (_accounts.TryGetValue(groups[width], out var account))
            return account;
        var network = width + 1 < groups.Length ? Open(groups, width + 1) : null;
        var max = maxBytes > long.MaxValue >> width ? long.MaxValue : maxBytes << width;
        return _accounts[groups[width]] = new Account(groups[width], network, max);
    }

    /// <summary>The account of one address or network: its peers, and the memory that they and their songs use.</summary>
    /// <param name="group">The address or network; null = the account belongs to a peer at another tracker.</param>
    /// <param name="network">The account of the next wider network; null = none.</param>
    /// <param name="maxBytes">The maximum memory that the address or network may use.</param>
    internal sealed class Account(AddressGroup? group, Account? network, long maxBytes)
    {
        public AddressGroup? Group => group;

        public Account? Network => network;

        public long MaxBytes => maxBytes;

        public int Peers { get; set; }

        public long Bytes { get; private set; }

        /// <summary>Adds bytes to this account and to the accounts of the networks that contain it.</summary>
        public void Charge(long bytes)
        {
            Bytes += bytes;
            network?.Charge(bytes);
        }
    }
}
