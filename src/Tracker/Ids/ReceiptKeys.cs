using System.Security.Cryptography;
using TspActors.Protocol;

namespace TspActors.Tracker.Ids;

/// <summary>The keys of song ids: the one with which this tracker signs them, and those of other trackers that it accepts.</summary>
/// <remarks>Thread-safe. The trackers of a cluster with a secret derive one key from it; others tell each other theirs.</remarks>
internal sealed class ReceiptKeys
{
    /// <summary>Length of a key in bytes.</summary>
    public const int KeySize = 32;

    /// <summary>The most keys of other trackers. A forged receipt costs one check for each.</summary>
    public const int MaxAccepted = 8;

    private readonly Lock _gate = new();
    private readonly byte[] _own;
    private readonly Action<IReadOnlyList<byte[]>>? _save;
    private volatile byte[][] _accepted;

    /// <param name="own">The key that signs.</param>
    /// <param name="isNew">The key was made just now.</param>
    /// <param name="accepted">Keys of other trackers.</param>
    /// <param name="save">Called with the keys of other trackers when they change.</param>
    public ReceiptKeys(byte[] own, bool isNew, IReadOnlyList<byte[]> accepted, Action<IReadOnlyList<byte[]>>? save = null)
    {
        (_own, _save, _accepted) = (own, save, [.. accepted.Take(MaxAccepted)]);
        MayHaveSigned = !isNew || accepted.Count > 0;
    }

    /// <summary>The key that signs.</summary>
    public ReadOnlyMemory<byte> Own => _own;

    /// <summary>True when all trackers of the cluster have this key.</summary>
    public bool AreShared { get; private init; }

    /// <summary>True when receipts may exist that were made before this start.</summary>
    public bool MayHaveSigned { get; }

    /// <summary>Creates a key that lives as long as the object.</summary>
    public static ReceiptKeys New() => new(RandomNumberGenerator.GetBytes(KeySize), isNew: true, []);

    /// <summary>Returns the keys of a tracker whose cluster has one key for all of them.</summary>
    public static ReceiptKeys Shared(byte[] key) => new(key, isNew: false, []) { AreShared = true };

    /// <summary>Returns the receipt of an id.</summary>
    public IdReceipt Sign(ContentHash hash, int id) => IdReceipt.Sign(_own, hash, id);

    /// <summary>Returns true when this tracker, or one whose key is accepted, gave the song that id.</summary>
    public bool Verify(ContentHash hash, int id, IdReceipt receipt)
    {
        if (receipt.IsEmpty)
            return false;
        if (Sign(hash, id).Matches(receipt))
            return true;
        foreach (var key in _accepted)
        {
            if (IdReceipt.Sign(key, hash, id).Matches(receipt))
                return true;
        }

        return false;
    }

    /// <summary>Accepts the receipts of another tracker of the cluster from now on. Of too many keys the oldest one goes.</summary>
    /// <returns>True when the key is new here.</returns>
    public bool Accept(ReadOnlySpan<byte> key)
    {
        if (key.Length != KeySize || key.SequenceEqual(_own))
            return false;
        lock (_gate)
        {
            foreach (var known in _accepted)
            {
                if (key.SequenceEqual(known))
                    return false;
            }

            _accepted = [.. _accepted.TakeLast(MaxAccepted - 1), key.ToArray()];
            _save?.Invoke(_accepted);
            return true;
        }
    }
}
