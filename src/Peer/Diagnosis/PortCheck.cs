using System.Net;
using TspActors.Peer.Reaching;

namespace TspActors.Peer.Diagnosis;

/// <summary>Checks whether the tracker can connect to this peer's port, and therefore whether others can.</summary>
/// <param name="verdict">Waits for the tracker's verdict.</param>
/// <param name="own">The endpoint that this peer listens on.</param>
/// <param name="countSongs">Returns the number of songs that this peer shares.</param>
/// <param name="describeMapping">Describes the router's port mapping; null if this peer maps no ports.</param>
internal sealed class PortCheck(
    PortVerdict verdict, IPEndPoint own, Func<int> countSongs, Func<Task<string?>>? describeMapping) : ICheck
{
    /// <summary>The name of the check.</summary>
    public const string Check = "port";

    /// <inheritdoc/>
    public string Name => Check;

    /// <inheritdoc/>
    public async Task<Finding> RunAsync(CancellationToken cancellation)
    {
        var status = await verdict.WaitAsync(cancellation).ConfigureAwait(false);
        var mapping = describeMapping is null ? null : await describeMapping().ConfigureAwait(false);
        return Judge(status.Connected, ReachState.From(status, own, mapping), countSongs());
    }

    /// <summary>Returns the finding about the port.</summary>
    /// <param name="isConnected">Whether a tracker is connected.</param>
    /// <param name="state">The reach of this peer, as far as it is known.</param>
    /// <param name="songs">The number of songs that this peer shares.</param>
    public static Finding Judge(bool isConnected, ReachState state, int songs) => state switch
    {
        { IsPortReachable: true } => Finding.Ok(Check, ReachText.Describe(state)),
        { IsPortReachable: false, IsCalledBack: true } => Finding.Warning(Check, ReachText.Describe(state), ReachText.Advice),
        { IsPortReachable: false } => Finding.Problem(Check, ReachText.Describe(state), ReachText.Advice),
        _ when !isConnected => Finding.Warning(Check, $"port {state.Port} is open here; only a tracker can test it from outside"),
        _ when songs == 0 => Finding.Warning(
            Check, $"port {state.Port} is open here; it is not tested from outside, because this peer shares no songs"),
        _ => Finding.Warning(Check, $"port {state.Port} is open here; the tracker has not yet reported on it", "try again in a minute"),
    };
}
