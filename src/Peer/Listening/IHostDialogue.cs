using TspActors.Protocol;

namespace TspActors.Peer.Listening;

/// <summary>The requester's side of a conversation with one host, without the connection.</summary>
internal interface IHostDialogue
{
    /// <summary>The frame that opens the handshake; null without an access key, because the request is then the first frame.</summary>
    byte[]? Hello { get; }

    /// <summary>Whether <see cref="DequeueArrival"/> has bytes to return.</summary>
    bool HasProven { get; }

    /// <summary>
    /// Records the key that the host has presented over TLS; null if the connection is plain. Proofs of the access key also cover this key.
    /// </summary>
    void Opened(KeyId? hostKey);

    /// <summary>Returns the request to send. From then on, the host is expected to reply to it.</summary>
    byte[] Request();

    /// <summary>Continues at the given byte.</summary>
    /// <returns>True if another request must be sent.</returns>
    bool Seek(long to);

    /// <summary>Removes the verified bytes and returns them in order, as a message to the receiver's owner.</summary>
    IReceiverMessage DequeueArrival(Epoch epoch);

    /// <summary>Interprets a frame from the host.</summary>
    FrameMeaning Read(in Frame frame);
}
