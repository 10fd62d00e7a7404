using System.Net;

namespace TspActors.Tracker.Catalog;

/// <summary>
/// The memory of the songs and peers of each address, as estimated by <see cref="CatalogMemory"/>. It is limited, so that one stranger
/// cannot fill the whole catalog.
/// </summary>
/// <param name="maxBytes">The most memory that one address (one IPv6 /64) may use.</param>
internal sealed class AddressMemory(long maxBytes)
{
    private readonly Dictionary<IPAddress, Account> _accounts = [];

    /// <summary>The most memory that one address may use.</summary>
    public long MaxBytes => maxBytes;

    /// <summary>Charges the memory of a peer that has joined to the account of its address.</summary>
    /// <param name="address">Its address, as limits count it; null = it is registered at another tracker, which counts it.</param>
    /// <param name="bytes">The memory of the songs that it brings along.</param>
    /// <returns>The account that its songs are charged to.</returns>
    public Account Join(IPAddress? address, long bytes = 0)
    {
        if (address is null || !_accounts.TryGetValue(address, out var account))
        {
            account = new Account(address);
            if (address is not null)
                _accounts.Add(address, account);
        }

        account.Peers++;
        account.Bytes += bytes + CatalogMemory.OfPeer;
        return account;
    }

    /// <summary>Removes the memory of a peer that has left, and of its songs, from its account.</summary>
    public void Leave(Account account, long bytes)
    {
        account.Bytes -= bytes + CatalogMemory.OfPeer;
        if (--account.Peers == 0 && account.Address is { } address)
            _accounts.Remove(address);
    }

    /// <summary>Returns true if a song must be refused because it needs more memory than before, and more than is left.</summary>
    public bool IsFullFor(Account account, int before, int bytes) =>
        account.Address is not null && bytes > before && account.Bytes - before + bytes > maxBytes;

    /// <summary>The memory of one address.</summary>
    internal sealed class Account(IPAddress? address)
    {
        public IPAddress? Address { get; } = address;

        public int Peers { get; set; }

        public long Bytes { get; set; }
    }
}
