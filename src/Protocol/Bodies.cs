using System.Diagnostics.CodeAnalysis;
using Google.Protobuf;
using Google.Protobuf.Reflection;

namespace TspActors.Protocol;

/// <summary>
/// Parses frame bodies, and checks what protobuf cannot, such as the sizes of hashes. A body that fails a check is a BAD_FRAME violation.
/// </summary>
public static class Bodies
{
    /// <summary>
    /// The maximum number of list elements in one body: more than twice the number of songs that fit into a valid body of 1 MiB. Without
    /// the limit, empty elements would cost 36 times their encoded size in memory.
    /// </summary>
    public const int MaxElements = 65_536;

    /// <summary>
    /// Parses the body of <paramref name="frame"/> as a <typeparamref name="T"/>. A missing body counts as an empty message.
    /// </summary>
    public static bool TryParse<T>(in Frame frame, [NotNullWhen(true)] out T? body, [NotNullWhen(false)] out ProtocolViolation? violation)
        where T : class, IMessage<T>, new()
    {
        body = null;
        var descriptor = Parser<T>.Descriptor;
        if (ElementCount.Exceeds(frame.Body.Span, descriptor, MaxElements))
        {
            violation = Bad(frame, $"has more than {MaxElements} elements");
            return false;
        }

        if (ElementCount.SetsOneofAgain(frame.Body.Span, descriptor))
        {
            violation = Bad(frame, "has more than one step");
            return false;
        }

        T message;
        try
        {
            message = Parser<T>.Instance.ParseFrom(frame.Body.Span);
        }
        catch (InvalidProtocolBufferException)
        {
            violation = Bad(frame, $"is not a valid {descriptor.Name}");
            return false;
        }

        violation = Fault(message) is { } fault ? Bad(frame, $"has {fault}") : null;
        if (violation is not null)
            return false;
        body = message;
        return true;
    }

    private static ProtocolViolation Bad(in Frame frame, string fault) =>
        new(ErrorCode.BadFrame, $"the body of {frame.Operation} {fault}", frame.SongId);

    /// <summary>Describes the first invalid field of <paramref name="message"/>; null if all are valid.</summary>
    private static string? Fault(IMessage message) => message switch
    {
        Init init => Fault(init),
        Share share => share.Added.Select(song => Sized(song.ContentHash, ContentHash.Size, "content_hash")
                ?? Fault(song.Tags)).FirstOrDefault(fault => fault is not null)
            ?? share.Added.Where(song => song.LastId < 0).Select(_ => "a negative last_id").FirstOrDefault()
            ?? share.Added.Select(
                song => SizedOrEmpty(song.Receipt, IdReceipt.Size, "receipt")).FirstOrDefault(fault => fault is not null)
            ?? share.Removed.Select(
                hash => Sized(hash, ContentHash.Size, "removed content_hash")).FirstOrDefault(fault => fault is not null),
        Assign assign => assign.Songs.Select(song => Sized(song.ContentHash, ContentHash.Size, "content_hash") ?? NotNegative(song.Id)
                ?? SizedOrEmpty(song.Receipt, IdReceipt.Size, "receipt"))
            .FirstOrDefault(fault => fault is not null),
        SongPage page => Faults(page.Songs),
        SongInfoPage page => Faults(page.Songs),
        CatalogDelta delta => Faults(delta.Changed),
        PlayGrant grant => grant.Song is null ? "no song"
            : Fault(grant.Song)
            ?? grant.Reach.Select(reach => Sized(reach.PeerId, PeerId.Size, "peer_id")).FirstOrDefault(fault => fault is not null),
        PlayRequest request => SizedOrEmpty(request.RequesterId, PeerId.Size, "requester_id")
            ?? SizedOrEmpty(request.ContentHash, ContentHash.Size, "content_hash"),
        StreamStart start => start.Song is null ? "no song"
            : start.PieceHashes.Length % ContentHash.Size != 0 ? "piece_hashes whose length is not a multiple of 32 bytes"
            : Fault(start.Song) ?? Fault(start.Live),
        LiveChunk chunk => Sized(chunk.Hash, ContentHash.Size, "hash") ?? Sized(chunk.Signature, LiveProof.SignatureSize, "signature"),
        Call call => Sized(call.Token, CallToken.Size, "token") ?? Sized(call.PeerId, PeerId.Size, "peer_id")
            ?? SizedOrEmpty(call.RelayId, PeerId.Size, "relay_id") ?? SizedOrEmpty(call.RelayTicket, RelayTicket.Size, "relay_ticket"),
        Relay relay => SizedOrEmpty(relay.Ticket, RelayTicket.Size, "ticket")
            ?? SizedOrEmpty(relay.TicketRequester, RelayTicket.Size, "ticket_requester")
            ?? SizedOrEmpty(relay.TicketHost, RelayTicket.Size, "ticket_host")
            ?? SizedOrEmpty(relay.RequesterId, PeerId.Size, "requester_id") ?? SizedOrEmpty(relay.HostId, PeerId.Size, "host_id"),
        Cover cover => Sized(cover.Hash, ContentHash.Size, "hash"),
        _ => null,
    };

    private static string? Fault(Init init) => init.StepCase switch
    {
        Init.StepOneofCase.Hello =>
            Sized(init.Hello.PeerId, PeerId.Size, "peer_id") ?? SizedOrEmpty(init.Hello.Nonce, AccessKey.NonceSize, "nonce")
            ?? SizedOrEmpty(init.Hello.Resume, ResumeSecret.Size, "resume"),
        Init.StepOneofCase.Challenge => Sized(init.Challenge.Nonce, AccessKey.NonceSize, "nonce"),
        Init.StepOneofCase.Proof => Sized(init.Proof.Hmac, AccessKey.ProofSize, "hmac"),
        Init.StepOneofCase.Welcome => SizedOrEmpty(init.Welcome.Hmac, AccessKey.ProofSize, "hmac")
            ?? SizedOrEmpty(init.Welcome.Resume, ResumeSecret.Size, "resume")
            ?? SizedOrEmpty(init.Welcome.TrackerKeyId, KeyId.Size, "tracker_key_id"),
        _ => "no step that this version supports",
    };

    private static string? Faults(IEnumerable<Song> songs) => songs.Select(Fault).FirstOrDefault(fault => fault is not null);

    private static string? Fault(Song song) =>
        NotNegative(song.Id)
        ?? Sized(song.ContentHash, ContentHash.Size, "content_hash")
        ?? Fault(song.Tags)
        ?? song.Hosts.Select(host => Sized(host.PeerId, PeerId.Size, "peer_id")).FirstOrDefault(fault => fault is not null);

    private static string? Fault(SongTags? tags) => tags is null ? null : SizedOrEmpty(tags.Cover, ContentHash.Size, "cover");

    private static string? Fault(LiveStart? live) => live is null ? null
        : live.Path.Count > LiveProof.MaxPath ? $"a path of more than {LiveProof.MaxPath} peers"
        : Sized(live.SourceId, PeerId.Size, "source_id")
        ?? live.Path.Select(peer => Sized(peer, PeerId.Size, "peer_id (in path)")).FirstOrDefault(fault => fault is not null);

    private static string? NotNegative(int id) => id < 0 ? "a negative id" : null;

    private static string? Sized(ByteString field, int size, string name) =>
        field.Length == size ? null : $"a {name} of {field.Length} bytes, not {size}";

    private static string? SizedOrEmpty(ByteString field, int size, string name) => field.IsEmpty ? null : Sized(field, size, name);

    // Unknown fields are discarded. Keeping them would cost many times their size in memory, and no message is ever forwarded unchanged.
    private static class Parser<T>
        where T : class, IMessage<T>, new()
    {
        public static readonly MessageParser<T> Instance = new MessageParser<T>(() => new T()).WithDiscardUnknownFields(true);

        public static readonly MessageDescriptor Descriptor = new T().Descriptor;
    }
}
