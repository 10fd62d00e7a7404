using TspActors.Protocol;

namespace TspActors.Peer.Tracking;

/// <summary>Encodes requests to a tracker.</summary>
internal static class RequestFrames
{
    /// <summary>Returns the frame for a <see cref="ListSongs"/>, <see cref="DescribeSongs"/> or <see cref="FindHosts"/>.</summary>
    public static byte[] Encode(object request) => request switch
    {
        ListSongs list => FrameEncoder.Encode(Operation.List, list.Cursor, new ListRequest { Query = list.Query, Limit = list.Limit }),
        DescribeSongs { Limit: 0 } describe => FrameEncoder.Encode(Operation.Info, describe.Id),
        DescribeSongs describe => FrameEncoder.Encode(Operation.Info, describe.Id, new InfoRequest { Limit = describe.Limit }),
        FindHosts find => FrameEncoder.Encode(Operation.Play, find.Id),
        _ => throw new InvalidOperationException($"{request.GetType().Name} is not a request to a tracker."),
    };
}
