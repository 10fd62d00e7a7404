using TspActors.Protocol;

namespace TspActors.Peer.Tracking;

/// <summary>Questions to a tracker as the frames that ask them.</summary>
internal static class QuestionFrames
{
    public static byte[] Of(object question) => question switch
    {
        ListSongs list => FrameEncoder.Encode(Operation.List, list.Cursor, new ListRequest { Query = list.Query, Limit = list.Limit }),
        DescribeSongs { Limit: 0 } describe => FrameEncoder.Encode(Operation.Info, describe.Id),
        DescribeSongs describe => FrameEncoder.Encode(Operation.Info, describe.Id, new InfoRequest { Limit = describe.Limit }),
        FindHosts find => FrameEncoder.Encode(Operation.Play, find.Id),
        _ => throw new InvalidOperationException($"{question.GetType().Name} is no question to a tracker."),
    };
}
