using TspActors.Peer.Library;
using TspActors.Protocol;

namespace TspActors.Peer.Hosting;

/// <summary>Decides which PLAY requests can be served (docs/protocol.md section 4).</summary>
internal static class PlayRules
{
    /// <summary>Returns the reason why the request cannot be served; null when it can be served.</summary>
    public static ProtocolViolation? FindFault(OwnSong? song, int id, PlayRequest request)
    {
        if (song is null)
            return UnknownSong(id);
        if (!request.ContentHash.IsEmpty && new ContentHash(request.ContentHash.Span) != song.File.Hash)
            return new ProtocolViolation(ErrorCode.SongChanged, $"song {id} has different content here", id);
        // A live feed is joined at its edge, whatever offset and pace the request specifies.
        if (song.Feed is not null)
            return null;
        if (request.Offset > (ulong)song.File.PayloadLength)
            return new ProtocolViolation(
                ErrorCode.BadRequest, $"offset {request.Offset} is past the end: the song has {song.File.PayloadLength} bytes", id);
        return request.Pace is Pace.Realtime or Pace.Full
            ? null
            : new ProtocolViolation(ErrorCode.BadRequest, $"this host does not support pace {(int)request.Pace}", id);
    }

    /// <summary>Returns the error for a song id that this host does not share.</summary>
    public static ProtocolViolation UnknownSong(int id) => new(ErrorCode.UnknownSong, $"this host has no song {id}", id);
}
