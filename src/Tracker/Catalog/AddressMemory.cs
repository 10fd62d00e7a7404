using System.Net;

namespace TspActors.Tracker.Catalog;

/// <summary>
/// Tracks the memory that the songs and peers of each address use, as estimated by <see cref="CatalogMemory"/>, and limits it, so that one
/// stranger cannot fill the whole catalog.
/// </summary>
/// <param name="maxBytes">The maximum memory that one address (one IPv6 /64) may use.</param>
internal sealed class AddressMemory(long maxBytes)
{
    private readonly Dictionary<IPAddress, Account> _accounts = [];

    /// <summary>The maximum memory that one address may use.</summary>
    public long MaxBytes => maxBytes;

    /// <summary>Adds the memory of a newly joined peer to the account of its address.</summary>
    /// <param name="address">The peer's address, normalised for per-address limits; null = the peer is registered at another tracker, which
    ///   counts it.</param>
    /// <param name="bytes">The memory of the songs that the peer brings along.</param>
    /// <returns>The account to which the peer's songs are charged.</returns>
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

    /// <summary>
    /// Returns true if a song must be refused because it needs <paramref name="bytes"/> of memory, more than <paramref name="before"/>, and
    /// its address would exceed the limit.
    /// </summary>
    public bool IsFullFor(Account account, int before, int bytes) =>
        account.Address is not null && bytes > before && account.Bytes - before + bytes > maxBytes;

    /// <summary>The account of one address: its peers, and the memory that they and their songs use.</summary>
    internal sealed class Account(IPAddress? address)
    {
        public IPAddress? Address { get; } = address;

        public int Peers { get; set; }

        public long Bytes { get; set; }
    }
}
