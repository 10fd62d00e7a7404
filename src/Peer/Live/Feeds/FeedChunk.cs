using Google.Protobuf;
using TspActors.Protocol;

namespace TspActors.Peer.Live.Feeds;

/// <summary>
/// A chunk of a live feed: complete MPEG frames, with the proof that they come from the source. All listeners share it. Immutable.
/// </summary>
/// <param name="proof">The signed description, without <c>gap</c>, which each host sets for its own listeners.</param>
/// <param name="mp3">The frames.</param>
/// <param name="title">The feed's title during the chunk.</param>
internal sealed class FeedChunk(LiveChunk proof, ReadOnlyMemory<byte> mp3, FeedTitle title)
{
    private volatile EncodedFrames? _encoded;
    private volatile EncodedGroup? _group;

    /// <summary>The number of the chunk.</summary>
    public ulong Sequence => proof.Sequence;

    /// <summary>When the chunk's audio begins, as Unix time in milliseconds.</summary>
    public ulong TimeMs => proof.TimeMs;

    /// <summary>When the chunk's audio ends, as Unix time in milliseconds.</summary>
    public ulong EndMs => proof.TimeMs + proof.DurationMs;

    /// <summary>The duration of the chunk's audio.</summary>
    public TimeSpan Duration => TimeSpan.FromMilliseconds(proof.DurationMs);

    /// <summary>Whether the sample rate or the channels differ from those of the previous chunk.</summary>
    public bool FormatChanged => proof.FormatChanged;

    /// <summary>The frames.</summary>
    public ReadOnlyMemory<byte> Mp3 => mp3;

    /// <summary>The feed's title during the chunk.</summary>
    public FeedTitle Title => title;

    /// <summary>The encoded group that begins with this chunk; null = none has been encoded.</summary>
    public EncodedGroup? Group
    {
        get => _group;
        set => _group = value;
    }

    /// <summary>Returns the chunk as it is sent: a DATA+ frame, after a LIVE+ frame if the listener wants proofs.</summary>
    /// <param name="songId">The song's id in the headers.</param>
    /// <param name="withProof">Whether the listener wants proofs.</param>
    /// <param name="gap">Whether the listener missed chunks before this one.</param>
    public ReadOnlyMemory<byte> Encode(int songId, bool withProof, bool gap)
    {
        if (gap && withProof)
            return Write(songId, new LiveChunk(proof) { Gap = true }).Bytes;
        var encoded = _encoded;
        // The listeners of a feed all use the same id, unless the tracker has just assigned a different one.
        if (encoded is null || encoded.SongId != songId)
            _encoded = encoded = Write(songId, proof);
        return withProof ? encoded.Bytes : encoded.Bytes[encoded.ProofLength..];
    }

    private EncodedFrames Write(int songId, LiveChunk described)
    {
        var live = FrameEncoder.Encode(Operation.Live, songId, described);
        var bytes = new byte[live.Length + FrameHeader.SizeWithLength + mp3.Length];
        live.CopyTo(bytes, 0);
        FrameEncoder.WriteDataHeader(bytes.AsSpan(live.Length), songId, mp3.Length);
        mp3.Span.CopyTo(bytes.AsSpan(live.Length + FrameHeader.SizeWithLength));
        return new EncodedFrames(songId, live.Length, bytes);
    }

    private sealed record EncodedFrames(int SongId, int ProofLength, ReadOnlyMemory<byte> Bytes);
}

/// <summary>Several chunks, encoded to be sent together.</summary>
/// <param name="Of">The kind of group.</param>
/// <param name="Bytes">The bytes, which are garbage-collected once no connection is sending them.</param>
internal sealed record EncodedGroup(EncodedGroup.Kind Of, WeakReference<byte[]> Bytes)
{
    /// <summary>Distinguishes the groups that can begin with the same chunk.</summary>
    /// <param name="Count">The number of chunks.</param>
    /// <param name="SongId">The song's id in the headers.</param>
    /// <param name="WithProofs">Whether each chunk is preceded by its proof.</param>
    internal readonly record struct Kind(int Count, int SongId, bool WithProofs);
}
