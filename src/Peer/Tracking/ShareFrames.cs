using Google.Protobuf;
using TspActors.Protocol;

namespace TspActors.Peer.Tracking;

/// <summary>Splits a share into SHARE frames of bounded size, created one by one as they are sent.</summary>
internal static class ShareFrames
{
    private const int MaxFrameBytes = 128 * 1024;

    /// <summary>
    /// Returns the frames that share everything this peer hosts. Songs with remembered ids come first, so that no new song is assigned one
    /// of those ids.
    /// </summary>
    public static IEnumerable<byte[]> Complete(IEnumerable<SharedSong> songs) =>
        Cut(complete: true, songs.OrderBy(song => song.LastId == 0), []);

    /// <summary>Returns the frames that report the songs added and removed since the last share.</summary>
    public static IEnumerable<byte[]> Changes(IEnumerable<SharedSong> added, IEnumerable<ContentHash> removed) =>
        Cut(complete: false, added.OrderBy(song => song.LastId == 0), removed);

    /// <summary>Returns a frame that reports only this host's load.</summary>
    public static byte[] Load(int active, int max) => FrameEncoder.Encode(
        Operation.Share, 0, new Share { Last = true, Load = new HostLoad { ActiveStreams = (uint)active, MaxStreams = (uint)max } });

    private static IEnumerable<byte[]> Cut(bool complete, IEnumerable<SharedSong> added, IEnumerable<ContentHash> removed)
    {
        var share = new Share { Complete = complete };
        var size = 0;
        foreach (var song in added)
        {
            var length = song.CalculateSize() + 4;
            if (size + length > MaxFrameBytes)
            {
                yield return FrameEncoder.Encode(Operation.Share, 0, share);
                share = new Share { Complete = complete };
                size = 0;
            }

            share.Added.Add(song);
            size += length;
        }

        foreach (var hash in removed)
        {
            if (size + ContentHash.Size + 2 > MaxFrameBytes)
            {
                yield return FrameEncoder.Encode(Operation.Share, 0, share);
                share = new Share { Complete = complete };
                size = 0;
            }

            share.Removed.Add(UnsafeByteOperations.UnsafeWrap(hash.ToArray()));
            size += ContentHash.Size + 2;
        }

        share.Last = true;
        yield return FrameEncoder.Encode(Operation.Share, 0, share);
    }
}
