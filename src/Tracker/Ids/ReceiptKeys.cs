using System.Security.Cryptography;
using TspActors.Protocol;

namespace TspActors.Tracker.Ids;

/// <summary>
/// The keys for receipts of song ids: this tracker's own key, which signs them, and the keys of other trackers, whose receipts it accepts.
/// </summary>
/// <remarks>
/// Thread-safe. In a cluster with a secret, all trackers derive one key from the secret. Otherwise they send each other their keys.
/// </remarks>
internal sealed class ReceiptKeys
{
    /// <summary>The length of a key in bytes.</summary>
    public const int KeySize = 32;

    /// <summary>The maximum number of other trackers' keys that are accepted. A forged receipt costs one check for each key.</summary>
    public const int MaxAccepted = 8;

    private readonly Lock _gate = new();
    private readonly byte[] _own;
    private readonly Action<IReadOnlyList<byte[]>>? _save;
    private volatile byte[][] _accepted;

    /// <param name="own">The key used for signing.</param>
    /// <param name="isNew">Whether the key has just been created.</param>
    /// <param name="accepted">Keys of other trackers.</param>
    /// <param name="save">Called with the keys of other trackers when they change.</param>
    public ReceiptKeys(byte[] own, bool isNew, IReadOnlyList<byte[]> accepted, Action<IReadOnlyList<byte[]>>? save = null)
    {
        (_own, _save, _accepted) = (own, save, [.. accepted.Take(MaxAccepted)]);
        MayHaveSigned = !isNew || accepted.Count > 0;
    }

    /// <summary>The key used for signing.</summary>
    public ReadOnlyMemory<byte> Own => _own;

    /// <summary>Whether all trackers in the cluster have this key.</summary>
    public bool AreShared { get; private init; }

    /// <summary>True if receipts may have been signed in an earlier run.</summary>
    public bool MayHaveSigned { get; }

    /// <summary>Creates a random key that is not stored anywhere.</summary>
    public static ReceiptKeys New() => new(RandomNumberGenerator.GetBytes(KeySize), isNew: true, []);

    /// <summary>Returns the keys of a tracker whose cluster has one common key.</summary>
    public static ReceiptKeys Shared(byte[] key) => new(key, isNew: false, []) { AreShared = true };

    /// <summary>Returns the receipt for an id.</summary>
    public IdReceipt Sign(ContentHash hash, int id) => IdReceipt.Sign(_own, hash, id);

    /// <summary>Returns whether the receipt proves that this tracker, or one whose key is accepted, assigned this id to the song.</summary>
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

    /// <summary>Accepts another tracker's receipts from now on. If there are too many keys, drops the oldest.</summary>
    /// <returns>True if the key is new.</returns>
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
